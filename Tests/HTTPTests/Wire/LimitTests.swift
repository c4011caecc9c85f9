import RunSupport
import Testing

@testable import HTTP

/// Each limit at its value, and one past it, with the bytes all at once and one at a time.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A limit` {
  private func expect(
    _ text: String, _ limits: Limits, _ end: ReadStream.End,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bytes = Array(text.utf8)
    #expect(ReadStream(bytes, limits: limits).end == end, sourceLocation: sourceLocation)
    #expect(ReadStream.byByte(bytes, limits: limits).end == end, sourceLocation: sourceLocation)
  }

  @Test func `of a head's size holds to the byte, wherever the bytes are`() {
    let parts = ["\r\n", "GET /", " HTTP/1.1\r\nHost:", "\r\nX: ", "\r\n\r\n"]
    for place in 1..<4 {
      var limits = Limits()
      limits.headBytes = 200
      let filler = 200 - parts.joined().utf8.count
      func text(_ more: Int) -> String {
        let filling = String(repeating: "a", count: filler + more)
        return parts[..<(place + 1)].joined() + filling + parts[(place + 1)...].joined()
      }
      expect(text(0), limits, .clean)
      expect(text(1), limits, .refused(.headTooLarge))
      expect(text(1000), limits, .refused(.headTooLarge))
    }
  }

  @Test func `of a head's size ends one that never ends`() {
    var limits = Limits()
    limits.headBytes = 50
    expect(String(repeating: "a", count: 49), limits, .needsMore)
    expect(String(repeating: "a", count: 50), limits, .refused(.headTooLarge))
    expect(
      "GET / HTTP/1.1\r\n" + String(repeating: "a:b\r\n", count: 9), limits, .refused(.headTooLarge)
    )
  }

  @Test func `of a head's size is 64 KiB where nothing else is said`() {
    let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".utf8.count
    for (count, end) in [
      (65_536, ReadStream.End.clean), (65_537, .refused(.headTooLarge)),
    ] {
      let filling = String(repeating: "x", count: count - frame)
      let stream = ReadStream("GET / HTTP/1.1\r\nHost: a\r\nX: \(filling)\r\n\r\n")
      #expect(stream.end == end)
    }
  }

  @Test func `of header lines is 128 where nothing else is said`() {
    for (count, end) in [(127, ReadStream.End.clean), (128, .refused(.tooManyHeaders))] {
      let lines = String(repeating: "X: y\r\n", count: count)
      expect("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n", Limits(), end)
    }
  }

  @Test func `of empty lines before a request holds`() {
    for (count, end) in [(4, ReadStream.End.clean), (5, .refused(.tooManyEmptyLines))] {
      let lines = String(repeating: "\r\n", count: count)
      expect("\(lines)GET / HTTP/1.1\r\nHost: a\r\n\r\n", Limits(), end)
    }
  }

  @Test func `of a body's length holds before any of it has come`() {
    var limits = Limits()
    #expect(limits.bodyBytes == 10 << 20)
    limits.bodyBytes = 10
    for (length, end) in [
      ("10", ReadStream.End.needsMore), ("11", .refused(.bodyTooLarge)),
      ("9223372036854775807", .refused(.bodyTooLarge)),
    ] {
      expect("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n", limits, end)
    }
  }

  @Test func `begins anew with each request`() {
    var limits = Limits()
    limits.headBytes = 60
    limits.headerCount = 2
    limits.bodyBytes = 3
    limits.chunkExtensionBytes = 2
    let requests =
      "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
      + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "3;a\r\nabc\r\n0\r\nT: u\r\n\r\n"
    expect(String(repeating: requests, count: 20), limits, .clean)
  }
}
