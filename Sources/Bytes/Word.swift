/// Eight bytes looked at together.
///
/// Each test answers with a word in which the highest bit of a byte is set where the byte passes.
/// The lowest flag set is exact; one above another may be set by a borrow. So a word of zero means
/// that no byte passes, and ``firstFlagged(_:)`` is the first that does; ask nothing else of them.
/// See S. E. Anderson, "Bit Twiddling Hacks": "Determine if a word has a byte less than n", "has a
/// zero byte".
@usableFromInline
package struct Word {
  @usableFromInline let bytes: UInt64

  /// The eight bytes of `span` at `offset`, which must be there.
  @inlinable @inline(__always)
  package init(_ span: Span<UInt8>, at offset: Int) {
    bytes = UInt64(
      littleEndian: span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inlinable @inline(__always)
  init(bytes: UInt64) { self.bytes = bytes }

  /// The same with the bits of `mask` set in each byte: values that differ in one bit become one.
  @inlinable @inline(__always)
  package func union(_ mask: UInt8) -> Word { Word(bytes: bytes | Self.repeated(mask)) }

  @inlinable @inline(__always)
  package var below0x20: UInt64 {
    (bytes &- Self.repeated(0x20)) & ~bytes & Self.repeated(0x80)
  }

  @inlinable @inline(__always)
  package var notASCII: UInt64 { bytes & Self.repeated(0x80) }

  /// Flags the bytes that equal `byte`; bytes after the first flag may be flagged wrongly.
  @inlinable @inline(__always)
  package func equal(to byte: UInt8) -> UInt64 {
    let difference = bytes ^ Self.repeated(byte)
    return (difference &- Self.repeated(0x01)) & ~difference & Self.repeated(0x80)
  }

  /// Which of the eight is the first with a flag; `flags` is not zero.
  @inlinable @inline(__always)
  package static func firstFlagged(_ flags: UInt64) -> Int { flags.trailingZeroBitCount / 8 }

  @inlinable @inline(__always)
  static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}
