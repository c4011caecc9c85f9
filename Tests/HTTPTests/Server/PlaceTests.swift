import LoopSupport
import RunSupport
import Testing

@testable import HTTP

/// What happens when there are as many connections as there may be.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Places for connections` {
  private static func two() -> Limits {
    var limits = Limits()
    limits.connections = 2
    return limits
  }

  private static func ask(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

  /// Answers each request when the gate opens.
  private static func waiting(_ gate: Gate) -> Answering {
    Answering { request, response in
      await gate.wait()
      try await echo.respond(to: request, with: response)
    }
  }

  @Test func `are given up by the client that has been idle for longest`() async throws {
    let clock = ManualClock()
    let log = Log()
    try await withServer(limits: Self.two(), clock: clock, log: log.note, echo) { server in
      let first = try await server.connect()
      await server.wait { $0.connections == 1 }
      await clock.advance(2, on: server.loop)
      let second = try await server.connect()
      await server.wait { $0.connections == 2 }
      await clock.advance(2, on: server.loop)
      // The first one is not the longest any more.
      try await first.send(Self.ask("/first"))
      #expect(try await first.receiveAnswer().body == "GET /first|")
      await clock.advance(2, on: server.loop)

      let third = try await server.connect()
      try await third.send(Self.ask("/third"))
      #expect(try await third.receiveAnswer().body == "GET /third|")
      #expect(try await second.receiveAll() == "")
      await clock.advance(2, on: server.loop)
      let fourth = try await server.connect()
      try await fourth.send(Self.ask("/fourth"))
      #expect(try await fourth.receiveAnswer().body == "GET /fourth|")
      #expect(try await first.receiveAll() == "")
      // Said once in a minute.
      #expect(log.lines == ["warn event=connections_full limit=2 skipped=0"])
      for client in [first, second, third, fourth] { client.close() }
    }
  }

  @Test func `of busy clients are not given up: the next waits for one to leave`() async throws {
    let gate = Gate()
    try await withServer(limits: Self.two(), clock: ManualClock(), Self.waiting(gate)) { server in
      let first = try await server.connect()
      let second = try await server.connect()
      for client in [first, second] { try await client.send(Self.ask("/")) }
      await server.wait { $0.runningRequests == 2 }
      let third = try await server.connect()
      try await third.send(Self.ask("/third"))
      for _ in 0..<100 { await turn(of: server.loop) }
      #expect(server.server.counts == ServerCounts(connections: 2, runningRequests: 2))
      gate.open()
      #expect(try await first.receiveAnswer().body == "GET /|")
      // No time passes: the server must be told of the one that closes.
      first.close()
      #expect(try await third.receiveAnswer().body == "GET /third|")
      for client in [second, third] { client.close() }
    }
  }

  @Test func `are kept for requests with priority, others are refused there`() async throws {
    let gate = Gate()
    let hasPriority: @Sendable (Request) -> Bool = { $0.path.starts(with: "/peer".utf8) }
    let handler = Answering { request, response in
      if !hasPriority(request) { await gate.wait() }
      try await echo.respond(to: request, with: response)
    }
    try await withServer(
      limits: Self.two(), clock: ManualClock(), priority: hasPriority, handler
    ) { server in
      let clients = [try await server.connect(), try await server.connect()]
      for client in clients { try await client.send(Self.ask("/")) }
      await server.wait { $0.runningRequests == 2 }
      let late = try await server.connect()
      try await late.send(Self.ask("/late"))
      let refusal = try await late.receiveAll()
      #expect(refusal.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
      #expect(refusal.hasSuffix("\r\n\r\nall places for connections are taken\n"))
      late.close()
      let peer = try await server.connect()
      for number in 1...3 {
        try await peer.send(Self.ask("/peer/\(number)"))
        #expect(try await peer.receiveAnswer().body == "GET /peer/\(number)|")
      }
      gate.open()
      for client in clients + [peer] { client.close() }
    }
  }

  /// A client that fills all places with parts of requests must not keep members from each other.
  @Test func `are kept through half-sent requests, by those with priority and for them`()
    async throws
  {
    let clock = ManualClock()
    let hasPriority: @Sendable (Request) -> Bool = { $0.path.starts(with: "/peer".utf8) }
    try await withServer(limits: Self.two(), clock: clock, priority: hasPriority, echo) { server in
      let peer = try await server.connect()
      try await peer.send(Self.ask("/peer/1"))
      #expect(try await peer.receiveAnswer().body == "GET /peer/1|")
      var slow: [RawConnection] = []
      for number in 2...4 {
        slow.append(try await server.connect())
        try await slow[slow.count - 1].send("GET /hea")
        await server.wait { $0.connections == number }
        await clock.advance(1, on: server.loop)
      }
      // The peer was idle for longest, and keeps its place. What is half sent has a reserved one
      // for two seconds, and two more until that is noticed.
      try await peer.send(Self.ask("/peer/2"))
      #expect(try await peer.receiveAnswer().body == "GET /peer/2|")
      await clock.advance(5, on: server.loop)
      for client in slow.dropFirst() {
        #expect(try await client.receiveAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
      }
      let other = try await server.connect()
      try await other.send(Self.ask("/peer/3"))
      #expect(try await other.receiveAnswer().body == "GET /peer/3|")
      for client in slow + [peer, other] { client.close() }
    }
  }

  @Test func `leave descriptors for everything else`() {
    let many = Places(limit: 65_536, descriptors: 1 << 20, hasPriority: true)
    #expect(many.usual == 65_536 && many.reserved == 32)
    let few = Places(limit: 65_536, descriptors: 300, hasPriority: true)
    #expect(few.usual == 204 && few.reserved == 32)
    let none = Places(limit: 65_536, descriptors: 300, hasPriority: false)
    #expect(none.usual == 236 && none.reserved == 0)
    for descriptors in [0, 10, 64, 65, 68, 100] {
      let places = Places(limit: 65_536, descriptors: descriptors, hasPriority: true)
      #expect(places.usual >= 1 && places.usual + places.reserved <= max(1, descriptors - 64))
    }
  }
}
