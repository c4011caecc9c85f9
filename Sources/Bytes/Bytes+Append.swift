/// What every writer of this project appends to: a plain `[UInt8]`.
///
/// A growing array keeps its memory when it is emptied with `removeAll(keepingCapacity: true)`, can
/// be handed to anybody, and costs one bounds check an append.
/// These few functions keep `String` out of the way.
///
/// What is short is `@inlinable`, here and beside: called from another module otherwise, it would
/// make a listing of keys a third slower.
extension [UInt8] {
  /// A copy of `bytes`.
  @inlinable package init(copying bytes: Span<UInt8>) {
    self = bytes.withUnsafeBufferPointer { Array($0) }
  }

  /// Appends the bytes of a literal.
  @inlinable @inline(__always)
  package mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends a copy of `bytes`.
  @inlinable @inline(__always)
  package mutating func append(copying bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends `value` in decimal, without a sign or leading zeros.
  @inlinable package mutating func append(decimal value: UInt64) {
    if value < 10 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = value
      var first = 20
      repeat {
        first -= 1
        digits.initializeElement(at: first, to: UInt8(ascii: "0") + UInt8(rest % 10))
        rest /= 10
      } while rest > 0
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
    }
  }

  /// Appends `value` in decimal, with a minus sign if it is negative.
  @inlinable package mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  /// Appends `value` in decimal, with a minus sign if it is negative.
  @inlinable package mutating func append(decimal value: Int) {
    append(decimal: Int64(value))
  }
}
