import Bytes

/// Writing JSON: punctuation by `append("{")`, numbers by `append(decimal:)`, strings by these.
extension [UInt8] {
  /// Appends `text` as a JSON string in quotation marks, escaped as Go's encoding/json does:
  ///
  /// | bytes | become |
  /// | --- | --- |
  /// | `"` `\` | `\"` `\\` |
  /// | newline, carriage return, tab | `\n` `\r` `\t` |
  /// | other bytes below 0x20 | `\u00XX`, lower-case |
  /// | `<` `>` `&` | `\u003c` `\u003e` `\u0026`, so that no browser takes the text for HTML |
  /// | U+2028, U+2029 | `\u2028` `\u2029`, which JavaScript took for line ends |
  /// | each byte that is no part of a UTF-8 character | `\ufffd` |
  ///
  /// Who must get such bytes back asks `append(jsonBytes:)`.
  public mutating func append(jsonString text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    var written = 0
    var i = text.endOfUnescaped(from: 0)
    while i < text.count {
      let length = text.lengthOfUTF8(at: i)
      let isSeparator = length == 3 && text.isLineSeparator(at: i)
      if length > 1 && !isSeparator {
        i = text.endOfUnescaped(from: i + length)
        continue
      }
      append(copying: text.extracting(written..<i))
      if isSeparator {
        append(text[i + 2] == 0xa8 ? "\\u2028" : "\\u2029")
      } else if length == 0 {
        append("\\ufffd")
      } else {
        append(jsonEscape: text[i])
      }
      written = i + Swift.max(length, 1)
      i = text.endOfUnescaped(from: written)
    }
    append(copying: text.extracting(written..<text.count))
    append(UInt8(ascii: "\""))
  }

  /// Appends `text` as a JSON string, escaped in the same way.
  public mutating func append(jsonString text: [UInt8]) {
    append(jsonString: text.span)
  }

  /// Appends bytes so that they can be had back: as a JSON string, or, if they are not UTF-8, as
  /// `{"b64":"..."}`. ``JSONValue/blob`` reads both.
  public mutating func append(jsonBytes bytes: [UInt8]) {
    if bytes.span.isUTF8 {
      append(jsonString: bytes.span)
    } else {
      append("{\"b64\":\"")
      append(base64: bytes.span)
      append("\"}")
    }
  }

  private mutating func append(jsonEscape byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\t"): append("\\t")
    default:
      append("\\u")
      append(hex: UInt64(byte), digits: 4)
    }
  }
}

extension Span<UInt8> {
  /// Where the first byte at or after `start` stands that may need an escape: one that does, or one
  /// that is not ASCII. Eight bytes at a time.
  fileprivate func endOfUnescaped(from start: Int) -> Int {
    var i = start
    while i + 8 <= count {
      let word = Word(self, at: i)
      // `"` and `&`, and `<` and `>`, differ in one bit.
      let flags =
        word.below0x20 | word.union(0x04).equal(to: UInt8(ascii: "&"))
        | word.union(0x02).equal(to: UInt8(ascii: ">")) | word.equal(to: UInt8(ascii: "\\"))
        | word.notASCII
      guard flags == 0 else { return i + Word.firstFlagged(flags) }
      i += 8
    }
    while i < count {
      switch self[i] {
      case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "\\"), 0x80...:
        return i
      default: i += 1
      }
    }
    return i
  }

  /// Whether the three bytes at `start` are U+2028 or U+2029.
  fileprivate func isLineSeparator(at start: Int) -> Bool {
    self[start] == 0xe2 && self[start + 1] == 0x80 && self[start + 2] & 0xfe == 0xa8
  }
}

extension JSONValue {
  /// The bytes that `append(jsonBytes:)` wrote: a string's, or those of `{"b64":"..."}`.
  public var blob: [UInt8]? {
    guard isObject else { return bytes }
    return self["b64"]?.bytes.flatMap { [UInt8](base64: $0.span) }
  }
}
