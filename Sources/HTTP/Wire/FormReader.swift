package import Bytes

/// The parameters of a query or of a form: `name=value` joined by `&` (Go's `url.ParseQuery`).
///
/// A cursor over ranges: nothing is decoded, and nothing allocated, until a value is asked for.
/// Names are bytes and case-sensitive. Empty parts (`&&`) are passed over; a part without `=` has
/// an empty value.
///
///     var form = FormReader(query)
///     while let field = form.next(in: bytes) { ... }
package struct FormReader: Sendable {
  private var position: Int
  private let end: Int

  /// Will read the parameters in `range` of the bytes later given.
  package init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next parameter, nil after the last.
  package mutating func next(in bytes: Span<UInt8>) -> FormField? {
    while position < end {
      let start = position
      var stop = start
      var equals: Int?
      while stop < end, bytes[stop] != UInt8(ascii: "&") {
        if equals == nil, bytes[stop] == UInt8(ascii: "=") { equals = stop }
        stop += 1
      }
      position = stop + 1
      guard stop > start else { continue }
      let split = equals ?? stop
      return FormField(name: start..<split, value: min(split + 1, stop)..<stop)
    }
    return nil
  }

  /// The decoded value of the first parameter called `name` in `range`; nil if there is none.
  ///
  /// - Throws: ``FormError`` if that parameter is malformed. The others are not looked at: who
  ///   wants them all to be sound asks ``check(_:in:)``.
  package static func first(
    _ name: StaticString, of range: Range<Int>?, in bytes: Span<UInt8>
  ) throws(FormError) -> [UInt8]? {
    guard let range else { return nil }
    var form = FormReader(range)
    while let field = form.next(in: bytes) {
      if field.isNamed(name, in: bytes) { return try field.decodedValue(in: bytes) }
    }
    return nil
  }

  /// Refuses what Go's `ParseForm` refuses: the first part with a semicolon or a bad escape.
  package static func check(_ range: Range<Int>, in bytes: Span<UInt8>) throws(FormError) {
    var form = FormReader(range)
    while let field = form.next(in: bytes) {
      _ = try field.decodedName(in: bytes)
      _ = try field.decodedValue(in: bytes)
    }
  }
}

/// One parameter: where its name and its value stand, not decoded.
package struct FormField: Hashable, Sendable {
  package let name: Range<Int>
  package let value: Range<Int>
}

/// What is wrong with a query or a form.
package enum FormError: Error, Hashable, Sendable, CustomStringConvertible {
  case badEscape(PercentError)
  /// `;` once joined parameters as `&` does; Go refuses it since 1.17, since readers differ in it.
  case semicolon

  /// Go's words.
  package var reason: String {
    switch self {
    case .badEscape(let error): error.reason
    case .semicolon: "invalid semicolon separator in query"
    }
  }

  package var description: String { reason }
}

extension FormField {
  /// Whether the name, decoded, is `name`; false if it cannot be decoded.
  package func isNamed(_ name: StaticString, in bytes: Span<UInt8>) -> Bool {
    let raw = bytes.extracting(self.name)
    var i = 0
    for j in 0..<name.utf8CodeUnitCount {
      guard let (byte, length) = raw.decodedByte(at: i, plusIsSpace: true),
        byte == name.utf8Start[j]
      else { return false }
      i += length
    }
    return i == raw.count
  }

  /// The name with its escapes resolved; throws if one is malformed.
  package func decodedName(in bytes: Span<UInt8>) throws(FormError) -> [UInt8] {
    try decode(name, in: bytes)
  }

  /// The value with its escapes resolved; throws if one is malformed.
  package func decodedValue(in bytes: Span<UInt8>) throws(FormError) -> [UInt8] {
    try decode(value, in: bytes)
  }

  private func decode(_ range: Range<Int>, in bytes: Span<UInt8>) throws(FormError) -> [UInt8] {
    let part = bytes.extracting(name.lowerBound..<value.upperBound)
    guard part.firstIndex(of: UInt8(ascii: ";")) == nil else { throw .semicolon }
    var decoded: [UInt8] = []
    do {
      try decoded.append(percentDecoding: bytes.extracting(range), plusIsSpace: true)
    } catch {
      throw .badEscape(error)
    }
    return decoded
  }
}
