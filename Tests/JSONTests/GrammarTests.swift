import RunSupport
import Testing

@testable import JSON

/// The classes of the public JSON parsing test suite (N. Seriot, "Parsing JSON is a minefield"):
/// what every parser must take, what every parser must refuse, and what RFC 8259 leaves to it.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `The grammar of RFC 8259` {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1", "-1", "[]", "{}", #""""#, " null", "null\n",
    "\t[\r]\n ",
    "[[]]", "[null,1,\"1\",{}]", "[ 1 , 2 ]", "[[]   ]", "[\"\"]", "[\"a\"]", "[1\n]",
    "{\"\":0}", #"{"a":"b","c":"d"}"#, #"{"a":"b","a":"b"}"#, #"{"a":[]}"#, "{\n\"a\": \"b\"\n}",
    #"{"foo\u0000bar":42}"#, #"{"title":"\u041f\u043e" }"#,
    "[123]", "[20e1]", "[0e1]", "[0e+1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]",
    "[123.456789]", "[-0]", "[-123]", "[1e-2]", "[1e+2]", "[-0.000000000000000000000000000000001]",
    "[-237462374673276894279832749832423479823246327846]", "[0.4e006]", "[123123e100000]",
    #"["\u0060\u012a\u12AB"]"#, #"["\ud801\udc37"]"#, #"["\ud83d\ude39\ud83d\udc8d"]"#,
    #"["\"\\\/\b\f\n\r\t"]"#, #"["\\u0000"]"#, #"["\""]"#, #"["a/*b*/c/*d//e"]"#, #"["\\a"]"#,
    #"["\uDBFF\uDFFF"]"#, #"["new\u00A0line"]"#, #"["\u0000"]"#, #"["\uFFFF"]"#, #"["\u002c"]"#,
    "[\"\u{1f600}\"]", "[\"\u{10ffff}\"]", "[\"\u{7f}\"]", "[\"\u{2028}\u{2029}\"]",
    "[\"\u{ffff}\"]",
    "[\"\u{200b}\"]", "[\"\u{feff}\"]", "[\"é\"]", #"["\u0061\u30af\u30EA\u30b9"]"#,
  ])
  func `takes`(text: String) throws {
    _ = try parse(text)
  }

  @Test(arguments: [
    // Structure
    "", " ", "\u{feff}", "\u{feff}{}", "[", "]", "{", "}", "[}", "{]", "[1", "[1,", "[,", "[,]",
    "[,1]",
    "[1,]", "[1,,2]", "[1,,]", "[\"\",]", "[\"a\",\n4\n,1,", "[1 true]", "[1]x", "[1]]", "[][]",
    "1]", "1 2",
    "{}}", "{\"\":", "{\"a\":true} \"x\"", "[\u{c}]", "[\u{b}1]", "\u{0}", "[\u{0}]", "[1\u{0}]",
    "1\u{0}",
    "[\u{2060}]", "<null>", "*", "[*]", "<.>", "{}#", "[1:2]", "[: 1]", "[\"a\" \"b\"]", "[3[4]]",
    "abc",
    "['", "[\u{a0}]", "{{\"a\":1}}", "[\"a", "{[: \"x\"}\n", "\u{e5}", "{\"a\":/*comment*/\"b\"}",
    "[a",
    "/**/1", "1//", "[\u{85}]", "{\"a\":\"b\"}/**/",
    // Words
    "nul", "nulll", "tru", "True", "TRUE", "fals", "nan", "NaN", "[NaN]", "[Infinity]",
    "[-Infinity]", "[inf]",
    "[-NaN]", "[truth]", "[nul]", "t", "n", "undefined", "nullx", "true1",
    // Numbers
    "-", "+1", "[++1]", "[+1]", "[-]", "[- 1]", "[-01]", "[01]", "[00]", "00", "012", "-012",
    "[.1]",
    "[-.1]", "[1.]", "[-1.]", "[2.e3]", "[0.e1]", "[0.3e]", "[0.3e+]", "[0e]", "[0e+]", "[0E+]",
    "[1e]",
    "[1e+]", "[1eE2]", "[1ee2]", "[9.e+]", "[1.2.3]", "[1+2]", "[0x1]", "[0x42]", "[1_000]", "[1a]",
    "[0.1.2]", "[-1x]", "[1e1.5]", "[1e-]", "[.]", "[e1]", "[1 000.0]", "[-foo]", "[\u{ff11}]",
    "[1.8011670033376514H-308]",
    "-a", "1.", "1e", "0.", "[1,2,3e]", "[- ]",
    // Strings
    "\"", "[\"", "[\"\\\"]", "[\"\\", "[\"\\u", "[\"\\u\"]", "[\"\\u00\"]", "[\"\\u00A\"]",
    "[\"\\uqqqq\"]",
    "[\"\\u 123\"]", "[\"\\u+123\"]", "[\"\\x00\"]", "[\"\\a\"]", "[\"\\'\"]", "[\"\\0\"]",
    "[\"\\U0041\"]",
    "[\"\\e\"]", "[\"\\🌀\"]", "[\\u0020\"a\"]", "['single']", "[a]", "[\"a\u{0}b\"]", "[\"a\nb\"]",
    "[\"\t\"]", "[\"\r\"]", "[\"\u{1f}\"]", "[\"\\\t\"]", "[\"\\\u{0}\"]", "\"abc", "abc\"",
    "\"a\"b",
    "[\"\\ud800\"]", "[\"\\udc00\"]", "[\"\\ud800\\u\"]", "[\"\\ud800\\u1\"]", "[\"\\ud800\\u1x\"]",
    "[\"\\ud800\\n\"]", "[\"\\ud800abc\"]", "[\"\\ud800\\ud800\"]", "[\"\\udc00\\ud800\"]",
    "[\"\\ud800\\u0041\"]", "[\"\\ud83d\\ude39\\ud83d\"]", "[\"\\uDFAA\"]", "[\"\\uD8",
    // Objects
    "{a:1}", "{1:1}", "{'a':1}", "{\"a\"}", "{\"a\",1}", "{\"a\" 1}", "{\"a\":}", "{\"a\"::1}",
    "{:1}", "{,}",
    "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"b\"}", "{\"a\":1,2}",
    "{null:1}",
    "{\"a\":1", "{\"a\":1,", "{\"a\"", "{\"a\":", "{\"a\":\"b\"]", "{[]:1}", "{\"a\":1,b:2}",
    "{\"a\":'b'}",
    "{,\"a\":1}", "{\"a\" : 1;}", "[\"a\":1]", "{\"id\":0,,,,,}", "{\"a\":a 123}",
    "{\"\\ud800\":1}",
  ])
  func `refuses`(text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test(
    arguments: [
      [0xff], [0x80], [0xe9], [0xc3], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xe0, 0xff],
      [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0xaf], [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xe6, 0x97], [0xf0, 0x9f, 0x98],
      [0xf0, 0x9f, 0x98, 0x41], [0xe6, 0x97, 0xe6], [0xc3, 0x28],
    ] as [[UInt8]])
  func `refuses malformed UTF-8 inside a string, and anything but ASCII outside`(bytes: [UInt8]) {
    let inside = Array("[\"".utf8) + bytes + Array("\"]".utf8)
    #expect(throws: JSONError(reason: .malformedUTF8, offset: 2 + plainPrefix(bytes))) {
      try JSONDocument(inside)
    }
    #expect(throws: JSONError.self) { try JSONDocument(bytes) }
    #expect(throws: JSONError.self) { try JSONDocument([UInt8(ascii: "[")] + bytes + [0x5d]) }
  }

  /// How many of the bytes are sound before the first that is not.
  private func plainPrefix(_ bytes: [UInt8]) -> Int {
    (0...bytes.count).last { String(validating: bytes[..<$0], as: UTF8.self) != nil } ?? 0
  }

  @Test func `refuses the text in UTF-16 and UTF-32, with and without a byte order mark`() {
    for bytes: [UInt8] in [
      [0xff, 0xfe, 0x5b, 0, 0x5d, 0], [0x5b, 0, 0x5d, 0], [0, 0x5b, 0, 0x5d],
      [0xfe, 0xff, 0, 0x5b, 0, 0x5d],
      [0, 0, 0, 0x31], [0xef, 0xbb, 0xbf, 0x31],
    ] {
      #expect(throws: JSONError.self) { try JSONDocument(bytes) }
    }
  }

  @Test func `says where and why it stopped`() {
    let table: [(String, JSONError.Reason, Int)] = [
      ("", .unexpectedEnd, 0), ("[1,", .unexpectedEnd, 3), ("[1,]", .unexpectedByte, 3),
      ("[1]x", .trailingBytes, 3), ("{\"a\":01}", .unexpectedByte, 6),
      ("[1.x]", .malformedNumber, 3),
      ("\"a\nb\"", .controlByte, 2), ("\"\\x\"", .malformedEscape, 1),
      ("\"\\ud800\"", .loneSurrogate, 1),
      ("\"\\u12", .unexpectedEnd, 5), ("\"\\u1x", .malformedEscape, 4),
      ("nulx", .unexpectedByte, 3),
      ("nul", .unexpectedEnd, 3),
    ]
    for (text, reason, offset) in table {
      #expect(throws: JSONError(reason: reason, offset: offset), "\(text)") { try parse(text) }
    }
  }
}
