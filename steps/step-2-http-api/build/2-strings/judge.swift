@testable import JSON

/// Where a string that is followed by more text ends; the first byte is the one behind the mark.
private func end(_ bytes: [UInt8]) throws -> String {
  let (end, hasEscapes) = try bytes.span.endOfString(from: 0)
  return "ends at \(end)\(hasEscapes ? ", has escapes" : "")"
}

private func tell(_ input: String, is expected: String) {
  check(input, is: expected) { try end(Array(input.utf8)) }
}

private func scalar(_ escape: String) throws -> String {
  let (scalar, end) = try Array(escape.utf8).span.readEscape(at: 0)
  return "U+" + String(scalar, radix: 16, uppercase: true) + " up to \(end)"
}

func judge() async throws {
  invariant(1, "a string ends at the first quotation mark") {
    tell(#"abc" "#, is: "ends at 3")
    tell(#"""#, is: "ends at 0")
    tell(#"a long one, of more than eight bytes","b""#, is: "ends at 36")
  }
  invariant(2, "a mark behind a backslash is text, but a backslash may be escaped itself") {
    tell(#"a\"b""#, is: "ends at 4, has escapes")
    tell(#"\\""#, is: "ends at 2, has escapes")
    tell(#"\\\"\\" "#, is: "ends at 6, has escapes")
  }
  invariant(3, "a string that does not end is refused where the text does") {
    for input in ["", "abc", #"abc\""#, #"abc\"#, #"\u00"#] {
      tell(input, is: "the error unexpected end at byte \(input.utf8.count)")
    }
  }
  invariant(4, "a control byte is refused at its place") {
    tell("ab\u{1}c\"", is: "the error control byte in a string at byte 2")
    tell("12345678\n\"", is: "the error control byte in a string at byte 8")
    tell("\u{7f}\"", is: "ends at 1")
  }
  invariant(5, "characters of several bytes are kept, and what is not UTF-8 is refused") {
    tell("é€😀\"", is: "ends at 9")
    check("the bytes 61 ff 22", is: "the error malformed UTF-8 at byte 1") {
      try end([0x61, 0xff, 0x22])
    }
    check("the bytes c3 22", is: "the error malformed UTF-8 at byte 0") { try end([0xc3, 0x22]) }
  }
  invariant(6, "an escape of four hexadecimal digits is one character") {
    check(#"\u0041"#, is: "U+41 up to 6") { try scalar(#"\u0041"#) }
    check(#"\uD7ff"#, is: "U+D7FF up to 6") { try scalar(#"\uD7ff"#) }
    check(#"\uffff"#, is: "U+FFFF up to 6") { try scalar(#"\uffff"#) }
    check(#"\u00g0"#, is: "the error malformed escape at byte 4") { try scalar(#"\u00g0"#) }
  }
  invariant(7, "a character past U+FFFF is two escapes: a high half and a low half") {
    check(#"\ud83d\ude00"#, is: "U+1F600 up to 12") { try scalar(#"\ud83d\ude00"#) }
    check(#"\ud800\udc00"#, is: "U+10000 up to 12") { try scalar(#"\ud800\udc00"#) }
    check(#"\udbff\udfff"#, is: "U+10FFFF up to 12") { try scalar(#"\udbff\udfff"#) }
  }
  invariant(8, "half of a pair is refused at its place") {
    for input in [
      #"\ud83d"#, #"\ude00"#, #"\ude00\ud83d"#, #"\udc00\udc00"#, #"\ud83dxxxxxx"#, #"\ud83d\"#,
      #"\ud83d\u0041"#,
    ] {
      check(input, is: "the error half of a surrogate pair at byte 0") { try scalar(input) }
    }
  }
}
