import Bytes

/// What is between the quotation marks of a string (RFC 8259, section 7).
extension Span<UInt8> {
  /// Finds the closing quotation mark of a string whose first byte after the opening one is at
  /// `start`, and checks everything before it: escapes, surrogate pairs, UTF-8.
  package func endOfString(from start: Int) throws(JSONError) -> (end: Int, hasEscapes: Bool) {
    var hasEscapes = false
    var i = start
    while true {
      i = endOfPlainText(from: i)
      guard i < count else { throw JSONError(reason: .unexpectedEnd, offset: count) }
      switch self[i] {
      case UInt8(ascii: "\""):
        return (i, hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        i = try readEscape(at: i).end
      case 0x80...:
        let length = lengthOfUTF8(at: i)
        guard length > 0 else { throw JSONError(reason: .malformedUTF8, offset: i) }
        i += length
      default:
        throw JSONError(reason: .controlByte, offset: i)
      }
    }
  }

  /// The end of the text without escapes: the next quotation mark, backslash, control byte, or byte
  /// that is not ASCII. Looks at eight bytes at a time.
  private func endOfPlainText(from start: Int) -> Int {
    var i = start
    while i + 8 <= count {
      let word = Word(self, at: i)
      let flags =
        word.below0x20 | word.equal(to: UInt8(ascii: "\"")) | word.equal(to: UInt8(ascii: "\\"))
        | word.notASCII
      guard flags == 0 else { return i + Word.firstFlagged(flags) }
      i += 8
    }
    while i < count {
      switch self[i] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), ..<0x20, 0x80...: return i
      default: i += 1
      }
    }
    return i
  }

  /// Reads the escape whose backslash is at `start`, or a pair of them that is one character.
  func readEscape(at start: Int) throws(JSONError) -> (scalar: UInt32, end: Int) {
    guard start + 1 < count else { throw JSONError(reason: .unexpectedEnd, offset: count) }
    switch self[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return (UInt32(self[start + 1]), start + 2)
    case UInt8(ascii: "b"): return (0x08, start + 2)
    case UInt8(ascii: "f"): return (0x0c, start + 2)
    case UInt8(ascii: "n"): return (0x0a, start + 2)
    case UInt8(ascii: "r"): return (0x0d, start + 2)
    case UInt8(ascii: "t"): return (0x09, start + 2)
    case UInt8(ascii: "u"): return try readUnicodeEscape(at: start)
    default: throw JSONError(reason: .malformedEscape, offset: start)
    }
  }

  /// `\uXXXX`; a character past U+FFFF is two of them, the high surrogate first.
  private func readUnicodeEscape(at start: Int) throws(JSONError) -> (scalar: UInt32, end: Int) {
    let first = try readHex(at: start + 2)
    guard first & 0xf800 == 0xd800 else { return (first, start + 6) }
    guard first < 0xdc00, start + 7 < count, self[start + 6] == UInt8(ascii: "\\"),
      self[start + 7] == UInt8(ascii: "u")
    else { throw JSONError(reason: .loneSurrogate, offset: start) }
    let second = try readHex(at: start + 8)
    guard (0xdc00...0xdfff).contains(second) else {
      throw JSONError(reason: .loneSurrogate, offset: start)
    }
    return (0x10000 + (first - 0xd800) << 10 + (second - 0xdc00), start + 12)
  }

  private func readHex(at start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for i in start..<start + 4 {
      guard i < count else { throw JSONError(reason: .unexpectedEnd, offset: count) }
      guard let digit = self[i].hexDigitValue else {
        throw JSONError(reason: .malformedEscape, offset: i)
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
