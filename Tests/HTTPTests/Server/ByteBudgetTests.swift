import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

/// The memory that all requests of a server may take together while they come in.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A total for requests` {
  /// Room for 2 MB: fifteen bodies of 100,000 bytes in the three quarters that large ones may have.
  private static let limits: Limits = {
    var limits = Limits()
    limits.bodyBytes = 200_000
    limits.requestBytes = 2_000_000
    return limits
  }()
  private static let body = 100_000
  private static let fit = 14

  private static func head(_ path: String, length: Int) -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n"
  }

  /// Clients that have announced a body each, and sent half of it.
  private static func halves(_ count: Int, _ server: TestServer) async throws -> [RawConnection] {
    var clients: [RawConnection] = []
    for _ in 0..<count {
      let client = try await server.connect()
      try await client.send(
        head("/half", length: body) + String(repeating: "x", count: body / 2))
      clients.append(client)
    }
    return clients
  }

  @Test func `bounds what half-sent bodies take, and those that find no room are 503`() async throws
  {
    let clock = ManualClock()
    try await withServer(limits: Self.limits, clock: clock, echo) { server in
      let clients = try await Self.halves(3 * Self.fit, server)
      await server.wait { $0.connections == clients.count && $0.requestBytes > 0 }
      for _ in 0..<20 { await turn(of: server.loop) }
      #expect(server.server.counts.requestBytes <= Self.limits.requestBytes / 4 * 3)
      #expect(server.server.counts.requestBytes >= Self.fit * Self.body)
      await clock.advance(7, on: server.loop)
      for client in clients[Self.fit...] {
        let answer = try await client.receiveAnswer()
        #expect(answer.head.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.body.contains("too much is coming in at once, try again"))
      }
      // The others were in time.
      for client in clients[..<Self.fit] {
        try await client.send(String(repeating: "x", count: Self.body / 2))
        let answer = try await client.receiveAnswer()
        #expect(answer.body.utf8.count == Self.body + "POST /half|".utf8.count)
      }
      for client in clients { client.close() }
      await server.wait { $0.requestBytes == 0 }
    }
  }

  @Test func `leaves room for large requests that have priority`() async throws {
    let hasPriority: @Sendable (Request) -> Bool = { $0.path.elementsEqual("/peer".utf8) }
    try await withServer(
      limits: Self.limits, clock: ManualClock(), priority: hasPriority, echo
    ) { server in
      let clients = try await Self.halves(2 * Self.fit, server)
      await server.wait { $0.requestBytes >= Self.fit * Self.body }
      let peer = try await server.connect()
      try await peer.send(Self.head("/peer", length: Self.body))
      await turn(of: server.loop)
      try await peer.send(String(repeating: "y", count: Self.body))
      let answer = try await peer.receiveAnswer()
      #expect(answer.body.utf8.count == Self.body + "POST /peer|".utf8.count)
      for client in clients + [peer] { client.close() }
      await server.wait { $0.requestBytes == 0 }
    }
  }

  @Test func `leaves room for small requests while large ones hold theirs`() async throws {
    try await withServer(limits: Self.limits, clock: ManualClock(), echo) { server in
      let clients = try await Self.halves(2 * Self.fit, server)
      await server.wait { $0.requestBytes >= Self.fit * Self.body }
      for length in [10, 5_000, 60_000] {
        let small = try await server.connect()
        try await small.send(Self.head("/small", length: length))
        await turn(of: server.loop)
        try await small.send(String(repeating: "y", count: length))
        let answer = try await small.receiveAnswer()
        #expect(answer.body.utf8.count == length + "POST /small|".utf8.count)
        small.close()
      }
      for client in clients { client.close() }
    }
  }

  @Test func `makes requests wait in their order, and a finished one lets the next in`()
    async throws
  {
    try await withServer(limits: Self.limits, clock: ManualClock(), echo) { server in
      let clients = try await Self.halves(Self.fit + 1, server)
      await server.wait { $0.requestBytes >= Self.fit * Self.body }
      for client in clients {
        try await client.send(String(repeating: "x", count: Self.body / 2))
        #expect(try await client.receiveAnswer().head.hasPrefix("HTTP/1.1 200 "))
        client.close()
      }
      await server.wait { $0.requestBytes == 0 }
    }
  }

  @Test func `takes nothing from the time a client has to send, while it waits`() async throws {
    let clock = ManualClock()
    var timeouts = Timeouts()
    timeouts.request = 20
    timeouts.room = 60
    try await withServer(limits: Self.limits, timeouts: timeouts, clock: clock, echo) { server in
      let clients = try await Self.halves(Self.fit, server)
      await server.wait { $0.requestBytes >= Self.fit * Self.body }
      let last = try await server.connect()
      try await last.send(Self.head("/last", length: 2 * Self.body))
      await server.wait { $0.connections == clients.count + 1 }
      for _ in 0..<20 { await turn(of: server.loop) }
      // Those before it are too slow, and it waits for just as long as they take.
      for _ in 0..<12 { await clock.advance(2, on: server.loop) }
      for client in clients { client.reset() }
      await server.wait { $0.requestBytes >= 2 * Self.body }
      await clock.advance(3, on: server.loop)
      try await last.send(String(repeating: "y", count: 2 * Self.body))
      #expect(try await last.receiveAnswer().head.hasPrefix("HTTP/1.1 200 "))
      last.close()
    }
  }

  @Test func `counts a body in chunks, and a head, as it comes`() async throws {
    try await withServer(limits: Self.limits, clock: ManualClock(), echo) { server in
      let chunked = try await server.connect()
      let head = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      try await chunked.send(head + "186a0\r\n" + String(repeating: "x", count: 90_000))
      await server.wait { $0.requestBytes >= 90_000 }
      let talkative = try await server.connect()
      let before = server.server.counts.requestBytes
      try await talkative.send("GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 20_000))
      await server.wait { $0.requestBytes >= before + 20_000 }
      try await chunked.send(String(repeating: "x", count: 10_000) + "\r\n0\r\n\r\n")
      let answer = try await chunked.receiveAnswer()
      #expect(answer.body.utf8.count == 100_000 + "POST /c|".utf8.count)
      talkative.reset()
      await server.wait { $0.requestBytes == 0 }
      chunked.close()
    }
  }

  private enum End: CaseIterable { case reset, halfClose, timeout, refusal, cancel }

  @Test(arguments: End.allCases)
  private func `has everything back, however requests end`(end: End) async throws {
    let clock = ManualClock()
    try await withServer(limits: Self.limits, clock: clock, echo) { server in
      // The last of them wait for room.
      let clients = try await Self.halves(Self.fit + 3, server)
      await server.wait {
        $0.connections == clients.count && $0.requestBytes >= Self.fit * Self.body
      }
      for _ in 0..<20 { await turn(of: server.loop) }
      switch end {
      case .reset: for client in clients { client.reset() }
      case .halfClose: for client in clients { client.finishSending() }
      case .timeout: for _ in 0..<40 { await clock.advance(2, on: server.loop) }
      case .refusal:
        let rest = String(repeating: "x", count: Self.body / 2)
        for client in clients { try? await client.send(rest + "nonsense\r\n\r\n") }
      case .cancel: await server.server.cancel()
      }
      // Those that waited begin when the first are gone, and have to be told the time as well.
      while server.server.counts.requestBytes > 0 {
        await clock.advance(2, on: server.loop)
        try? await LoopClock().sleep(for: .milliseconds(1))
      }
      for client in clients { client.close() }
    }
  }

  @Test func `has room for the largest request, however small it is`() async throws {
    var limits = Self.limits
    limits.requestBytes = 1
    let most = limits.bodyBytes
    try await withServer(limits: limits, echo) { server in
      let client = try await server.connect()
      try await client.send(Self.head("/most", length: most))
      try await client.send(String(repeating: "x", count: most))
      let answer = try await client.receiveAnswer()
      #expect(answer.body.utf8.count == most + "POST /most|".utf8.count)
      client.close()
    }
  }

  @Test func `after a refusal so much is read and no more, at whatever speed it comes`()
    async throws
  {
    var limits = Limits()
    limits.bodyBytes = 1_000
    limits.discardedBytes = 4 << 20
    let discarded = limits.discardedBytes
    // No time passes: the bytes alone end it.
    try await withServer(limits: limits, clock: ManualClock(), echo) { server in
      let client = try await server.connect()
      try await client.send(Self.head("/large", length: 1 << 40))
      #expect(try await client.receiveAnswer().head.hasPrefix("HTTP/1.1 413 "))
      let piece = [UInt8](repeating: 0, count: 256 << 10)
      var sent = 0
      while sent < 64 << 20, (try? await client.send(piece)) != nil { sent += piece.count }
      // What the sockets hold comes on top.
      #expect(sent >= discarded)
      #expect(sent < 32 << 20)
      client.close()
    }
  }
}
