import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A server refuses` {
  private static let small: Limits = {
    var limits = Limits()
    limits.headBytes = 200
    limits.headerCount = 4
    limits.bodyBytes = 1000
    return limits
  }()

  /// Sends `message`, goes on sending for ever, and returns the answer.
  private func answer(
    to message: String, followedBy rest: String = "", server: TestServer
  ) async throws -> String {
    let client = try await server.connect()
    defer { client.close() }
    try await client.send(message)
    async let sending: Void = {
      // Until the server has closed, or has had a megabyte.
      for _ in 0..<100 where !rest.isEmpty {
        guard (try? await client.send(String(repeating: rest, count: 10_000 / rest.count))) != nil
        else { return }
        await turn(of: server.loop)
      }
      client.finishSending()
    }()
    let answer = try await client.receiveAll()
    await sending
    return answer
  }

  @Test func `what is no HTTP, and says why, and closes`() async throws {
    try await withServer(clock: ManualClock(), echo) { server in
      let answer = try await answer(to: "hello\r\n\r\n", server: server)
      let body = "400 Bad Request: malformed request line\n"
      #expect(
        answer == """
          HTTP/1.1 400 Bad Request\r
          Date: Sun, 06 Nov 1994 08:49:37 GMT\r
          Content-Type: text/plain; charset=utf-8\r
          Content-Length: \(body.utf8.count)\r
          Connection: close\r
          \r
          \(body)
          """)
    }
  }

  @Test(arguments: [
    ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n", 417),
  ])
  func `what it cannot take, with the status for it`(message: String, status: Int) async throws {
    try await withServer(echo) { server in
      let answer = try await answer(to: message, server: server)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.contains("\r\nConnection: close\r\n"))
    }
  }

  @Test func `a head past the limit, which at the limit it takes`() async throws {
    try await withServer(limits: Self.small, echo) { server in
      let frame = "GET / HTTP/1.1\r\nHost: x\r\nX: \r\n\r\n"
      for (length, status) in [(200, 200), (201, 431)] {
        let filler = String(repeating: "a", count: length - frame.utf8.count)
        let message = frame.replacing("X: ", with: "X: \(filler)")
        let answer = try await answer(to: message, server: server)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      }
    }
  }

  @Test func `more header lines than the limit`() async throws {
    try await withServer(limits: Self.small, echo) { server in
      for (count, status) in [(4, 200), (5, 431)] {
        let more = String(repeating: "X: y\r\n", count: count - 1)
        let answer = try await answer(
          to: "GET / HTTP/1.1\r\nHost: x\r\n\(more)\r\n", server: server)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      }
    }
  }

  @Test func `a body past the limit, by its length or when counted, which at the limit it takes`()
    async throws
  {
    try await withServer(limits: Self.small, echo) { server in
      for (length, status) in [(1000, 200), (1001, 413)] {
        let body = String(repeating: "b", count: length)
        let whole = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n\(body)"
        let first = try await answer(to: whole, server: server)
        #expect(first.hasPrefix("HTTP/1.1 \(status) "))
        let chunk = "1f4\r\n\(body.prefix(500))\r\n"
        let rest = "\(String(length - 500, radix: 16))\r\n\(body.dropFirst(500))\r\n0\r\n\r\n"
        let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        let second = try await answer(to: chunked + chunk + rest, server: server)
        #expect(second.hasPrefix("HTTP/1.1 \(status) "))
      }
    }
  }

  @Test func `a body too large before it comes, also from a client that waits to be asked`()
    async throws
  {
    try await withServer(echo) { server in
      let client = try await server.connect()
      try await client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\nExpect: 100-continue\r\n\r\n")
      #expect(try await client.receive(through: "\n").hasPrefix("HTTP/1.1 413 "))
      client.close()
    }
  }

  @Test func `a client that goes on sending so that it still gets the answer`() async throws {
    try await withServer(echo) { server in
      let answer = try await answer(
        to: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        followedBy: "more and more ", server: server)
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
      #expect(answer.hasSuffix("413 Request Entity Too Large: body too large\n"))
    }
  }

  @Test func `what follows good requests after answering those`() async throws {
    try await withServer(echo) { server in
      let good = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      let answer = try await answer(to: good + good + "nonsense\r\n\r\n" + good, server: server)
      #expect(answer.count(of: "HTTP/1.1 200 OK") == 2)
      #expect(answer.count(of: "HTTP/1.1 400 Bad Request") == 1)
      #expect(answer.hasSuffix("malformed request line\n"))
    }
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
