import RunSupport
import Testing

@testable import JSON

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Strings read` {
  @Test func `have their escapes resolved`() throws {
    let table: [(String, String)] = [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0041\u00e9\u6f22""#, "Aé漢"),
      (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10ffff}"),
      (#""\u0000""#, "\0"), (#""a\u0000b""#, "a\0b"),
      (#""\u007f\u0080\u07ff\u0800\uffff""#, "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}"),
      (#""\\u0041""#, #"\u0041"#), (#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"), (#""""#, ""),
    ]
    for (text, expected) in table {
      #expect(try parse(text).bytes == Array(expected.utf8), "\(text)")
    }
  }

  @Test func `are bytes: what only looks alike stays apart`() throws {
    #expect(try parse("\"\u{e9}\"").bytes != parse("\"e\u{301}\"").bytes)
  }

  /// The search goes eight bytes at a time: every byte that ends plain text is tried at every
  /// place.
  @Test func `strings end and are refused at every place of the byte`() throws {
    for filler in [0x61, 0x20, 0x7f, 0x21, 0x23, 0x5b, 0x5d] as [UInt8] {
      for place in 0..<19 {
        var text = [UInt8](repeating: filler, count: 21)
        text[0] = 0x22
        text[20] = 0x22
        #expect(try JSONDocument(text).root.bytes?.count == 19)
        for control in UInt8(0)..<0x20 {
          text[place + 1] = control
          #expect(throws: JSONError(reason: .controlByte, offset: place + 1)) {
            try JSONDocument(text)
          }
        }
        text[place + 1] = 0x80
        #expect(throws: JSONError(reason: .malformedUTF8, offset: place + 1)) {
          try JSONDocument(text)
        }
        text[place + 1] = 0x22
        let rest = filler == 0x20 ? 20 : place + 2
        #expect(throws: JSONError(reason: .trailingBytes, offset: rest)) {
          try JSONDocument(text)
        }
      }
    }
  }

  @Test func `are equal to a word only as a whole`() throws {
    let value = try parse(#""word""#)
    #expect(value.equals("word"))
    #expect(!value.equals("wor"))
    #expect(!value.equals("words"))
    #expect(!value.equals("Word"))
    #expect(try parse(#""w\u006frd""#).equals("word"))
  }
}
