import Bytes
import RunSupport
import Testing

@testable import HTTP

/// Answers each of a client's letters with a digit: "PRI * HTTP/2.0\\r\\n" first, then letters.
private struct Letters: OtherProtocol {
  private var isBegun = false

  static func begin() -> any OtherProtocol { Letters() }

  mutating func take(_ bytes: Span<UInt8>, answer: inout [UInt8]) -> Int? {
    var used = 0
    if !isBegun {
      guard bytes.starts(with: "PRI * HTTP/2.0\r\n") else { return nil }
      isBegun = true
      used = 16
    }
    while used < bytes.count {
      if bytes[used] == UInt8(ascii: "!") { return nil }
      answer.append(bytes[used] == UInt8(ascii: "a") ? UInt8(ascii: "1") : UInt8(ascii: "0"))
      used += 1
    }
    return used
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A client of another protocol` {
  private static let begin = "PRI * HTTP/2.0\r\n"

  @Test func `is answered in its own, and its connection ends when that says so`() async throws {
    try await withServer(otherProtocol: Letters.begin, echo) { server in
      let client = try await server.connect()
      try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + Self.begin + "a")
      #expect(try await client.receiveAnswer().body == "GET /a|")
      #expect(try await client.receive(count: 1) == "1")
      try await client.send("ba")
      #expect(try await client.receive(count: 2) == "01")
      try await client.send("!")
      #expect(try await client.receiveAll() == "")
      client.close()
      // Its buffers serve others.
      let answer = try await server.answer(to: "GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.hasSuffix("GET /b|"))
    }
  }

  @Test(arguments: ["GET / HTTP/2.0\r\nHost: x\r\n\r\n", "PRI * HTTP/3.0\r\n\r\n"])
  func `that is not known is answered 505`(request: String) async throws {
    try await withServer(otherProtocol: Letters.begin, echo) { server in
      let answer = try await server.answer(to: request)
      #expect(answer.hasPrefix("HTTP/1.1 505 "))
    }
    try await withServer(echo) { server in
      let answer = try await server.answer(to: Self.begin + "\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 505 "))
    }
  }

  @Test func `is not talked to for ever`() async throws {
    try await withServer(otherProtocol: Letters.begin, echo) { server in
      let client = try await server.connect()
      try await client.send(Self.begin)
      let piece = String(repeating: "a", count: 1 << 10)
      var answered = 0
      while answered < 2 * Letters.bytes {
        guard (try? await client.send(piece)) != nil,
          let text = try? await client.receive(count: piece.utf8.count), !text.isEmpty
        else { break }
        answered += text.utf8.count
      }
      #expect(answered <= Letters.bytes + piece.utf8.count)
      client.close()
    }
  }

  @Test func `counts as idle between its messages: a stop closes it`() async throws {
    try await withServer(otherProtocol: Letters.begin, echo) { server in
      let client = try await server.connect()
      try await client.send(Self.begin + "a")
      #expect(try await client.receive(count: 1) == "1")
      await server.server.stop()
      #expect(try await client.receiveAll() == "")
      client.close()
    }
  }
}
