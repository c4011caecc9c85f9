/// UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing past U+10FFFF.
extension Span<UInt8> {
  /// How many bytes the character at `start` has; 0 if they are not well-formed (The Unicode
  /// Standard, table 3-7).
  @inlinable package func lengthOfUTF8(at start: Int) -> Int {
    let lead = self[start]
    if lead < 0x80 { return 1 }
    let second = start + 1 < count ? self[start + 1] : 0
    switch (lead, second) {
    case (0xc2...0xdf, 0x80...0xbf): return 2
    case (0xe0, 0xa0...0xbf), (0xe1...0xec, 0x80...0xbf), (0xed, 0x80...0x9f),
      (0xee...0xef, 0x80...0xbf):
      return isContinuation(at: start + 2) ? 3 : 0
    case (0xf0, 0x90...0xbf), (0xf1...0xf3, 0x80...0xbf), (0xf4, 0x80...0x8f):
      return isContinuation(at: start + 2) && isContinuation(at: start + 3) ? 4 : 0
    default: return 0
    }
  }

  /// Whether the byte at `index` exists and continues a character (0x80...0xbf).
  @inlinable package func isContinuation(at index: Int) -> Bool {
    index < count && self[index] & 0xc0 == 0x80
  }

  /// Whether all of it is well-formed.
  @inlinable package var isUTF8: Bool {
    var i = 0
    while i < count {
      if i + 8 <= count, Word(self, at: i).notASCII == 0 {
        i += 8
      } else {
        let length = lengthOfUTF8(at: i)
        guard length > 0 else { return false }
        i += length
      }
    }
    return true
  }
}

extension [UInt8] {
  /// Appends the UTF-8 of a character; `scalar` is one.
  package mutating func append(utf8 scalar: UInt32) {
    switch scalar {
    case ..<0x80:
      append(UInt8(scalar))
    case ..<0x800:
      append(0xc0 | UInt8(scalar >> 6))
      append(0x80 | UInt8(scalar & 0x3f))
    case ..<0x10000:
      append(0xe0 | UInt8(scalar >> 12))
      append(0x80 | UInt8(scalar >> 6 & 0x3f))
      append(0x80 | UInt8(scalar & 0x3f))
    default:
      append(0xf0 | UInt8(scalar >> 18))
      append(0x80 | UInt8(scalar >> 12 & 0x3f))
      append(0x80 | UInt8(scalar >> 6 & 0x3f))
      append(0x80 | UInt8(scalar & 0x3f))
    }
  }
}
