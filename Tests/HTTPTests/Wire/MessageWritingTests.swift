import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Writing a message` {
  private func text(_ write: (inout [UInt8]) -> Void) -> String {
    var out: [UInt8] = []
    write(&out)
    return String(decoding: out, as: UTF8.self)
  }

  @Test func `gives the bytes of RFC 9112`() {
    let response = text {
      $0.append(status: .ok)
      $0.append(header: "Content-Type", "text/plain")
      $0.append(header: "Content-Length", 2)
      $0.append(header: "Location", bytes: Array("/a".utf8).span)
      $0.appendEndOfHead()
    }
    #expect(
      response
        == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
        + "Location: /a\r\n\r\n"
    )
    #expect(
      text { $0.append(method: .delete, target: Array("/a?b".utf8).span) }
        == "DELETE /a?b HTTP/1.1\r\n")
    #expect(
      text { $0.append(status: .headerFieldsTooLarge) }.hasPrefix("HTTP/1.1 431 Request Header"))
    #expect(text { $0.append(status: Status(299)) } == "HTTP/1.1 299 \r\n")
  }

  @Test func `never lets a value end its header`() {
    let bytes = Array("a\r\nSet-Cookie: b\u{0}\u{7f}\tc".utf8)
    #expect(
      text { $0.append(header: "X", bytes: bytes.span) } == "X: a  Set-Cookie: b  \tc\r\n")
  }

  @Test func `gives chunks that the decoder takes apart`() throws {
    var out: [UInt8] = []
    var expected: [UInt8] = []
    for count in [1, 9, 10, 15, 16, 17, 255, 256, 4096, 70_000, 0] {
      let data = [UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count)
      out.append(chunk: data.span)
      expected += data
    }
    var decoder = ChunkedDecoder()
    var body: [UInt8] = []
    #expect(try decoder.decode(out.span, appendingTo: &body) == out.count)
    #expect(!decoder.isComplete, "an empty chunk must not end the body")
    out = []
    out.appendLastChunk()
    #expect(try decoder.decode(out.span, appendingTo: &body) == out.count)
    #expect(decoder.isComplete)
    #expect(body == expected)
    #expect(text { $0.append(chunk: Array("hello".utf8).span) } == "5\r\nhello\r\n")
  }

  @Test func `gives what the parsers take`() throws {
    for method in [Method.get, .head, .post, .put, .delete, .options, .patch] {
      let request = text {
        $0.append(method: method, target: Array("/p?q".utf8).span)
        $0.append(header: "Host", "a")
        $0.appendEndOfHead()
      }
      let read = try #require(ReadStream(request).requests.first)
      #expect(read.method == method)
      #expect(read.target == "/p?q")
    }
    for code in 100...599 {
      var out: [UInt8] = []
      out.append(status: Status(code))
      out.appendEndOfHead()
      var parser = ResponseHeadParser()
      #expect(try parser.parse(out.span, answering: .get) == out.count)
      #expect(parser.head.status == Status(code))
      #expect(Status(code).isBodiless == (parser.head.framing == .none))
    }
  }
}
