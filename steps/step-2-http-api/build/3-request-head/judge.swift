@testable import HTTP

/// What a parser makes of the bytes, which arrive in pieces that end at `cuts`.
private func parse(
  _ input: String, cuts: [Int] = [], with parser: inout RequestParser
) throws -> String {
  let bytes = Array(input.utf8)
  for cut in cuts + [bytes.count] {
    let piece = Array(bytes[..<cut])
    guard let count = try parser.parse(piece.span) else { continue }
    let head = parser.head
    let words = [text(bytes[head.methodName]), text(bytes[head.path])].joined(separator: " ")
    let headers = counted(head.headers.fields.count, "header")
    return "\(words), version 1.\(head.minorVersion), \(headers), \(counted(count, "byte"))"
  }
  return "not complete"
}

private func parse(_ input: String, cuts: [Int] = []) throws -> String {
  var parser = RequestParser()
  return try parse(input, cuts: cuts, with: &parser)
}

private func tell(_ input: String, is expected: String) {
  check(input.debugDescription, is: expected) { try parse(input) }
}

private func tell(_ input: String, isRefused error: WireError) {
  tell(input, is: "the error \(error)")
}

private let host = "Host: x\r\n\r\n"

func judge() async throws {
  invariant(
    1, "a request line has a method, a target and a version; headers follow, then an empty line"
  ) {
    tell("GET /a HTTP/1.1\r\n\(host)", is: "GET /a, version 1.1, 1 header, 28 bytes")
    tell(
      "POST /put?x=1 HTTP/1.1\r\nA: b\r\n\(host)", is: "POST /put, version 1.1, 2 headers, 41 bytes"
    )
    tell("GET / HTTP/1.0\r\n\r\n", is: "GET /, version 1.0, 0 headers, 18 bytes")
    tell("BREW /pot HTTP/1.1\r\n\(host)", is: "BREW /pot, version 1.1, 1 header, 31 bytes")
  }
  invariant(2, "what follows the head is left alone") {
    tell("GET /a HTTP/1.1\r\n\(host)GET /b", is: "GET /a, version 1.1, 1 header, 28 bytes")
  }
  invariant(3, "a head that has not come to its end is not complete, and no error") {
    let input = "GET /a HTTP/1.1\r\n\(host)"
    for count in 0..<input.utf8.count {
      tell(String(decoding: Array(input.utf8)[..<count], as: UTF8.self), is: "not complete")
    }
  }
  invariant(4, "a head is the same wherever it is cut") {
    let input = "GET /a HTTP/1.1\r\nA: b\r\n\(host)more"
    for cut in 0..<input.utf8.count {
      check(
        "\(input.debugDescription), cut at \(cut)", is: "GET /a, version 1.1, 2 headers, 34 bytes"
      ) {
        try parse(input, cuts: [cut])
      }
    }
  }
  invariant(5, "up to four empty lines before a request are passed over") {
    let request = "GET /a HTTP/1.1\r\n\(host)"
    tell("\r\n" + request, is: "GET /a, version 1.1, 1 header, 30 bytes")
    tell(
      String(repeating: "\r\n", count: 4) + request, is: "GET /a, version 1.1, 1 header, 36 bytes")
    tell(String(repeating: "\r\n", count: 5) + request, isRefused: .tooManyEmptyLines)
  }
  invariant(6, "between the three stands one space, and nothing else anywhere") {
    for line in [
      "GET", "GET /a", "GET  /a HTTP/1.1", " GET /a HTTP/1.1", "GET\t/a HTTP/1.1",
      "GET /a\tHTTP/1.1", "/a HTTP/1.1", "G@T /a HTTP/1.1",
    ] {
      tell("\(line)\r\n\(host)", isRefused: .malformedRequestLine)
    }
    tell("GET /a b HTTP/1.1\r\n\(host)", isRefused: .malformedVersion)
    tell("GET /a  HTTP/1.1\r\n\(host)", isRefused: .malformedVersion)
  }
  invariant(7, "versions other than 1.x are refused") {
    tell("GET /a HTTP/2.0\r\n\(host)", isRefused: .unsupportedVersion)
    tell("GET /a HTTP/1.1 \r\n\(host)", isRefused: .malformedVersion)
    tell("GET /a http/1.1\r\n\(host)", isRefused: .malformedVersion)
  }
  invariant(8, "the next request begins anew: nothing of the one before is left") {
    var parser = RequestParser()
    let first = "GET /a HTTP/1.1\r\nA: b\r\n\(host)"
    check("the first, \(first.debugDescription)", is: "GET /a, version 1.1, 2 headers, 34 bytes") {
      try parse(first, with: &parser)
    }
    let second = "PUT /bc HTTP/1.1\r\n\(host)"
    check("then, \(second.debugDescription)", is: "PUT /bc, version 1.1, 1 header, 29 bytes") {
      try parse(second, with: &parser)
    }
  }
}
