import HTTP

/// Feeds a body in pieces that end at `cuts`, as a socket may.
private func decode(
  _ input: String, cuts: [Int] = [], limits: Limits = Limits()
) throws -> String {
  let bytes = Array(input.utf8)
  var decoder = ChunkedDecoder(limits: limits)
  var body: [UInt8] = []
  var consumed = 0
  for cut in cuts + [bytes.count] where !decoder.isComplete && cut > consumed {
    let piece = Array(bytes[consumed..<cut])
    let count = try decoder.decode(piece.span, appendingTo: &body)
    if count > piece.count { return "\(counted(count, "byte")) consumed of \(piece.count)" }
    if count < piece.count && !decoder.isComplete {
      return "only \(counted(count, "byte")) consumed"
    }
    consumed += count
  }
  let found = "body \(text(body).debugDescription)"
  return decoder.isComplete
    ? "\(found), then \(text(bytes[consumed...]).debugDescription)" : "\(found), and needs more"
}

private func tell(_ input: String, is expected: String, limits: Limits = Limits()) {
  check(input.debugDescription, is: expected) { try decode(input, limits: limits) }
}

func judge() async throws {
  invariant(1, "a chunk is its size in hexadecimal, and so many bytes; a chunk of none is the last")
  {
    tell("5\r\nhello\r\n0\r\n\r\n", is: "body \"hello\", then \"\"")
    tell("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", is: "body \"abc\", then \"\"")
    tell("a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n", is: twice)
    tell("0\r\n\r\n", is: "body \"\", then \"\"")
    tell("5\r\nhel", is: "body \"hel\", and needs more")
  }
  invariant(2, "what looks like an end is data, if it is within a chunk") {
    tell("5\r\n0\r\n\r\n\r\n0\r\n\r\n", is: "body \"0\\r\\n\\r\\n\", then \"\"")
  }
  invariant(3, "what follows the body is left alone") {
    tell("5\r\nhello\r\n0\r\n\r\nGET / ", is: "body \"hello\", then \"GET / \"")
  }
  invariant(4, "a body is the same wherever it is cut") {
    let input = "5\r\nhello\r\nc;x=y\r\n, wide world\r\n0\r\n\r\nGET"
    for first in 1..<input.utf8.count {
      for second in first..<input.utf8.count {
        check("\(input.debugDescription), cut at \(first) and \(second)", is: whole) {
          try decode(input, cuts: [first, second])
        }
      }
    }
  }
  invariant(5, "a size has one to sixteen hexadecimal digits, and fits 63 bits") {
    for size in ["", "g", "-1", "0x5", " 5", "5 5", "8000000000000000", "00000000000000005"] {
      tell("\(size)\r\n", is: "the error \(WireError.malformedChunk)")
    }
    tell("0000000000000005\r\nhello\r\n0\r\n\r\n", is: "body \"hello\", then \"\"")
    tell("5 ;name=value\r\nhello\r\n0\r\n\r\n", is: "body \"hello\", then \"\"")
  }
  invariant(6, "lines end with carriage return and line feed, nothing else") {
    for input in ["5\nhello", "5\rhello", "5\r\nhello\n", "5\r\nhello0\r\n", "5\r\nhellox\r\n"] {
      tell(input, is: "the error \(WireError.malformedChunk)")
    }
  }
  invariant(7, "a size beyond the limit is refused before its bytes come") {
    var limits = Limits()
    limits.bodyBytes = 10
    tell(
      "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n", is: "body \"abcdefghij\", then \"\"", limits: limits)
    tell("b\r\n", is: "the error \(WireError.bodyTooLarge)", limits: limits)
    tell("6\r\nabcdef\r\n5\r\n", is: "the error \(WireError.bodyTooLarge)", limits: limits)
    tell(
      "6\r\nabcdef\r\n7fffffffffffffff\r\n", is: "the error \(WireError.bodyTooLarge)",
      limits: limits)
  }
}

private let twice = "body \"01234567890123456789\", then \"\""
private let whole = "body \"hello, wide world\", then \"GET\""
