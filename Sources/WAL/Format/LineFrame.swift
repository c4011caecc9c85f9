import Platform

/// What every line of every file has in common: it begins with the checksum of its rest.
///
///     {"crc":"9d1e44b0","n":1042, ... }\n
///     └─ 18 bytes ─────┘└ covered ────┘
enum LineFrame {
  /// Numbers in a line stay below 2^53: `jq`, like JavaScript, knows no others exactly.
  static let numberLimit: UInt64 = 1 << 53

  /// Numbers that are read must be below 2^52, so that a log that was opened can be written on: no
  /// log lives long enough to count through the other half.
  static let readableNumberLimit: UInt64 = 1 << 52

  /// How many bytes stand before those the checksum covers.
  static let prefixLength = 18

  private static let digits = 8..<16

  /// Ends a line, whose prefix is at `start` with any digits, and puts in its checksum.
  /// - Returns: the checksum.
  @discardableResult
  static func seal(_ bytes: inout [UInt8], from start: Int) -> UInt32 {
    bytes.append(UInt8(ascii: "\n"))
    return bytes.withUnsafeMutableBytes { bytes in
      let covered = start + prefixLength..<bytes.count - 1
      let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[covered]))
      var rest = checksum
      for place in digits.reversed() {
        let digit = UInt8(truncatingIfNeeded: rest & 0xf)
        bytes[start + place] = digit < 10 ? 0x30 + digit : 0x57 + digit
        rest >>= 4
      }
      return checksum
    }
  }

  /// The digits of the checksum of the line at `start`.
  static func digits(
    of bytes: UnsafeRawBufferPointer, at start: Int
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      rebasing: bytes[start + digits.lowerBound..<start + digits.upperBound])
  }

  /// A line whose checksum holds.
  struct Line {
    let checksum: UInt32
    /// The bytes it covers.
    let covered: Range<Int>
    /// Where the next line begins.
    var end: Int { covered.upperBound + 1 }
  }

  /// Verifies the line that begins at `start`, without a look into it.
  static func verify(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) throws(Damage) -> Line {
    guard let newline = Platform.find(UInt8(ascii: "\n"), in: bytes, from: start) else {
      throw .unfinished
    }
    let covered = start + prefixLength..<max(newline, start + prefixLength)
    guard covered.upperBound == newline, let written = checksum(in: bytes, at: start) else {
      throw .notARecord
    }
    let computed = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[covered]))
    guard written == computed else { throw .checksum(expected: computed, found: written) }
    return Line(checksum: written, covered: covered)
  }

  /// What a line's prefix says, if it is one. All of it lies within `bytes`.
  private static func checksum(in bytes: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
    guard matches(#"{"crc":""#, bytes, at: start, end: bytes.count),
      matches("\",", bytes, at: start + 16, end: bytes.count)
    else { return nil }
    var value: UInt32 = 0
    for place in digits {
      switch bytes[start + place] {
      case let byte where byte &- 0x30 < 10: value = value << 4 | UInt32(byte &- 0x30)
      case let byte where byte &- 0x61 < 6: value = value << 4 | UInt32(byte &- 0x57)
      default: return nil
      }
    }
    return value
  }

  /// Where a prefix may begin at or after `start`: anywhere, since a damaged newline hides the
  /// beginning of the line after it.
  static func findPrefix(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var start = start
    while let place = Platform.find(UInt8(ascii: "{"), in: bytes, from: start) {
      if bytes.count - place >= prefixLength, checksum(in: bytes, at: place) != nil { return place }
      start = place + 1
    }
    return nil
  }

  /// Whether `text` is at `start` and ends no later than `end`.
  static func matches(
    _ text: StaticString, _ bytes: UnsafeRawBufferPointer, at start: Int, end: Int
  ) -> Bool {
    let count = text.utf8CodeUnitCount
    guard end - start >= count, let base = bytes.baseAddress else { return false }
    return Platform.areEqual(base + start, text.utf8Start, count: count)
  }
}
