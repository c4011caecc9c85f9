import Bytes
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

/// The timeouts, each at its last second and one past it. No second really passes.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A server's patience` {
  private static let timeouts: Timeouts = {
    var timeouts = Timeouts()
    timeouts.idle = 100
    timeouts.request = 20
    timeouts.bytesPerSecond = 1000
    timeouts.unread = 10
    timeouts.unreadBytesPerSecond = 10_000
    timeouts.linger = 5
    return timeouts
  }()

  /// Has a client do something, then lets `seconds` pass, and one more, and looks whether the
  /// server has closed the connection.
  private func closes(
    after seconds: Int, _ handler: any Handler = echo,
    _ act: @Sendable @concurrent (RawConnection, TestServer) async throws -> Void
  ) async throws -> String {
    let clock = ManualClock()
    return try await withServer(timeouts: Self.timeouts, clock: clock, handler) { server in
      let client = try await server.connect()
      await server.wait { $0.connections == 1 }
      try await act(client, server)
      for _ in 0..<10 { await turn(of: server.loop) }
      await clock.advance(seconds, on: server.loop)
      for _ in 0..<10 { await turn(of: server.loop) }
      #expect(server.server.counts.connections == 1 && !client.socket.hasEnded)
      await clock.advance(1, on: server.loop)
      let answer = try await client.receiveAll()
      client.close()
      await server.wait { $0.connections == 0 }
      return answer
    }
  }

  @Test func `ends with a connection that never asks`() async throws {
    #expect(try await closes(after: 100) { _, _ in } == "")
  }

  @Test func `ends with a connection that has nothing more to ask`() async throws {
    let answer = try await closes(after: 100) { client, _ in
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.receiveAnswer()
    }
    #expect(answer == "")
  }

  @Test(arguments: ["G", "GET / HTTP/1.1\r\nHost: x\r\n", "\r\n"])
  func `ends with a head that does not come to its end`(part: String) async throws {
    let answer = try await closes(after: 20) { client, _ in try await client.send(part) }
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(answer.hasSuffix("\r\nConnection: close\r\n\r\n408 Request Timeout\n"))
  }

  @Test func `is not renewed by a byte now and then`() async throws {
    let clock = ManualClock()
    try await withServer(timeouts: Self.timeouts, clock: clock, echo) { server in
      let client = try await server.connect()
      for byte in "GET /slowly HTTP/1.1\r\n".utf8.prefix(21) {
        try await client.send([byte])
        for _ in 0..<10 { await turn(of: server.loop) }
        await clock.advance(1, on: server.loop)
      }
      #expect(try await client.receiveAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
      client.close()
    }
  }

  @Test func `grows by a second for every so many bytes of a body`() async throws {
    let answer = try await closes(after: 20 + 7) { client, _ in
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
      try await client.send([UInt8](repeating: 0, count: 7000))
    }
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test func `grows alike for a body in chunks`() async throws {
    let answer = try await closes(after: 20 + 7) { client, _ in
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      try await client.send("1b58\r\n" + String(repeating: "x", count: 7000) + "\r\n")
    }
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test func `does not grow by a chunk that is only announced`() async throws {
    let answer = try await closes(after: 20) { client, _ in
      try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
      try await client.send("1b58\r\nxxx")
    }
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test func `ends with a reader that takes a little now and then`() async throws {
    let endless = Answering { _, response in
      let stream = try await response.stream()
      while true { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
    }
    let clock = ManualClock()
    try await withServer(timeouts: Self.timeouts, clock: clock, endless) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      for _ in 0..<1000 { await turn(of: server.loop) }
      var seconds = 0
      while server.server.counts.connections == 1 && seconds < 1000 {
        try await client.skip(600)
        await clock.advance(1, on: server.loop)
        for _ in 0..<10 { await turn(of: server.loop) }
        seconds += 1
      }
      // What it takes is in the system's buffers already: for the server nothing moves.
      #expect((10...20).contains(seconds), "\(seconds) s")
      client.close()
    }
  }

  @Test func `ends with answers that nobody reads`() async throws {
    let endless = Answering { _, response in
      let stream = try await response.stream()
      while true { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
    }
    let clock = ManualClock()
    try await withServer(timeouts: Self.timeouts, clock: clock, endless) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      // Until the stream moves no more.
      for _ in 0..<1000 { await turn(of: server.loop) }
      await clock.advance(10, on: server.loop)
      for _ in 0..<10 { await turn(of: server.loop) }
      #expect(server.server.counts.connections == 1)
      await clock.advance(1, on: server.loop)
      await server.wait { $0.connections == 0 }
      client.close()
    }
  }

  @Test func `ends with a client that never closes after its last answer`() async throws {
    let clock = ManualClock()
    try await withServer(timeouts: Self.timeouts, clock: clock, echo) { server in
      let client = try await server.connect()
      try await client.send("nonsense\r\n\r\n")
      _ = try await client.receiveAll()
      await clock.advance(5, on: server.loop)
      for _ in 0..<10 { await turn(of: server.loop) }
      #expect(server.server.counts.connections == 1)
      await clock.advance(1, on: server.loop)
      await server.wait { $0.connections == 0 }
      client.close()
    }
  }

  @Test func `has no end for a handler`() async throws {
    let gate = Gate()
    let waiting = Answering { _, response in
      await gate.wait()
      response.body.append("at last")
    }
    let clock = ManualClock()
    try await withServer(timeouts: Self.timeouts, clock: clock, waiting) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await until { gate.waiting > 0 }
      await clock.advance(1_000_000, on: server.loop)
      gate.open()
      #expect(try await client.receiveAnswer().body == "at last")
      client.close()
    }
  }
}
