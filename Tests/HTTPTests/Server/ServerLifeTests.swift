import Bytes
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A server's life` {
  private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

  /// A server that this test ends itself, on a loop that the body runs on too.
  private func withOpenEnd(
    _ handler: any Handler,
    _ body: @Sendable @concurrent (TestServer, Task<Void, Never>) async throws -> Void
  ) async throws {
    try await onLoop { loop in
      let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: handler)
      let life = Task { await server.run() }
      try await body(TestServer(server: server, loop: loop), life)
      await life.value
      #expect(server.counts.connections == 0)
      #expect(server.counts.runningRequests == 0)
    }
  }

  @Test func `begins to serve those who came before it ran`() async throws {
    try await onLoop { loop in
      let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: echo)
      let client = try await RawConnection.connect(to: server.port, on: loop)
      try await client.send(Self.get)
      let life = Task { await server.run() }
      #expect(try await client.receiveAnswer().body == "GET /|")
      client.close()
      await server.stop()
      await life.value
    }
  }

  @Test func `has its port before it listens, and gives up one it never listened on`() async throws
  {
    try await onLoop { loop in
      var port: BoundPort? = try BoundPort("127.0.0.1", port: 0)
      let number = port?.port ?? 0
      await #expect(throws: (any Error).self) {
        try await RawConnection.connect(to: number, on: loop)
      }
      port = nil
      let again = try BoundPort("127.0.0.1", port: number)
      let server = try Server(on: again, loops: [loop], handler: echo)
      #expect(server.port == number)
      let error = #expect(throws: AddressError.self) { try BoundPort("127.0.0.1", port: number) }
      #expect(error?.description == "127.0.0.1:\(number): Address already in use")
      await server.stop()
    }
  }

  @Test func `stopped, refuses new clients, lets the idle go, and answers the others first`()
    async throws
  {
    let gate = Gate()
    let waiting = Answering { _, response in
      await gate.wait()
      response.body.append("answered")
    }
    try await withOpenEnd(waiting) { server, _ in
      let idle = try await server.connect()
      let busy = try await server.connect()
      try await busy.send(Self.get + Self.get)
      await until { gate.waiting > 0 }
      await server.wait { $0.connections == 2 }

      await server.server.stop()
      #expect(try await idle.receiveAll().isEmpty)
      let refusal = await failure(of: { try await server.connect() })
      #expect(refusal?.hasSuffix("Connection refused") == true)
      #expect(server.server.counts.runningRequests == 1)

      gate.open()
      let (head, body) = try await busy.receiveAnswer()
      #expect(head.contains("\nConnection: close"))
      #expect(body == "answered")
      #expect(try await busy.receiveAll().isEmpty, "the second request came too late")
      #expect(server.server.counts.connections == 1, "the server reads on, or would reset")
      idle.close()
      busy.close()
    }
  }

  @Test func `stopped, lets a request that is coming in come to its end`() async throws {
    try await withOpenEnd(echo) { server, _ in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHo")
      await server.wait { $0.connections == 1 }
      for _ in 0..<10 { await turn(of: server.loop) }
      await server.server.stop()
      try await client.send("st: x\r\n\r\n")
      #expect(try await client.receiveAll().hasSuffix("GET /|"))
      client.close()
    }
  }

  @Test(arguments: [false, true])
  func `cancelled, cancels what still runs, and tells its clients`(byItsTask: Bool) async throws {
    let gate = Gate()
    let waiting = Answering { _, _ in
      await gate.wait()
      try Task.checkCancellation()
    }
    try await withOpenEnd(waiting) { server, life in
      let clients = [try await server.connect(), try await server.connect()]
      for client in clients { try await client.send(Self.get) }
      await until { gate.waiting >= 2 }
      if byItsTask { life.cancel() } else { await server.server.cancel() }
      for client in clients {
        let answer = try await client.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        client.close()
      }
    }
  }

  @Test func `ends although clients neither read nor write`() async throws {
    let endless = Answering { _, response in
      let stream = try await response.stream()
      while true { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
    }
    try await withOpenEnd(endless) { server, _ in
      let deaf = try await server.connect()
      try await deaf.send(Self.get)
      let mute = try await server.connect()
      try await mute.send("GET / HTT")
      let wrong = try await server.connect()
      try await wrong.send("nonsense\r\n\r\n")
      await server.wait { $0.connections == 3 && $0.runningRequests == 1 }
      for _ in 0..<100 { await turn(of: server.loop) }
      await server.server.stop()
      await server.server.cancel()
      await server.wait { $0.connections == 0 }
      for client in [deaf, mute, wrong] { client.close() }
    }
  }

  @Test func `may be over before it has begun`() async throws {
    try await onLoop { loop in
      let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: echo)
      await server.stop()
      await server.run()
      let refusal = await failure(of: {
        try await RawConnection.connect(to: server.port, on: loop)
      })
      #expect(refusal?.hasSuffix("Connection refused") == true)
    }
  }

  @Test func `is counted`() async throws {
    let gate = Gate()
    let waiting = Answering { request, _ in
      if request.path.span.equals("/wait") { await gate.wait() }
    }
    try await withServer(waiting) { server in
      #expect(server.server.counts == ServerCounts())
      let first = try await server.connect()
      for _ in 0..<3 {
        try await first.send(Self.get)
        _ = try await first.receiveAnswer()
      }
      let second = try await server.connect()
      try await second.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
      await until { gate.waiting > 0 }
      #expect(
        server.server.counts
          == ServerCounts(connections: 2, runningRequests: 1, finishedRequests: 3))
      gate.open()
      _ = try await second.receiveAnswer()
      first.close()
      second.close()
      await server.wait {
        $0 == ServerCounts(connections: 0, runningRequests: 0, finishedRequests: 4)
      }
    }
  }

  @Test func `stays on its loops whatever its handlers wait for`() async throws {
    actor Elsewhere {
      func visit() -> Bool { EventLoop.current == nil }
    }
    let other = try EventLoop.start()
    defer { other.shutDown() }
    let elsewhere = Elsewhere()
    let handler = Answering { request, response in
      let loop = EventLoop.current
      switch request.path.last {
      case UInt8(ascii: "1"): await other.run {}
      case UInt8(ascii: "2"): await other.run { #expect(other.isCurrent) }
      case UInt8(ascii: "3"): _ = await elsewhere.visit()
      case UInt8(ascii: "4"): await Task.detached {}.value
      case UInt8(ascii: "5"): try await Task.sleep(for: .milliseconds(1))
      case UInt8(ascii: "6"): await withUnsafeContinuation { wait in Task { wait.resume() } }
      default: await withTaskGroup { group in group.addTask { await Task.yield() } }
      }
      #expect(loop != nil && EventLoop.current === loop)
    }
    try await withServer(handler) { server in
      let client = try await server.connect()
      for path in 1...7 {
        try await client.send("GET /\(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await client.receiveAnswer()
        #expect(server.loop.isCurrent)
      }
      client.close()
    }
  }

  @Test func `fills one loop after another, then spreads, and each connection stays on one`()
    async throws
  {
    let loops = try (0..<3).map { _ in try EventLoop.start() }
    defer { for loop in loops { loop.shutDown() } }
    let log = Log()
    let placing = Answering { _, _ in
      let place = loops.firstIndex { $0.isCurrent }
      await Task.yield()
      log.note("\(place == loops.firstIndex { $0.isCurrent } ? place ?? -1 : -2)")
    }
    try await onLoop { loop in
      let server = try Server(host: "127.0.0.1", port: 0, loops: loops, handler: placing)
      let life = Task { await server.run() }
      var clients: [RawConnection] = []
      for _ in 0..<3 * Server.fullLoop + 6 {
        let client = try await RawConnection.connect(to: server.port, on: loop)
        try await client.send(Self.get)
        _ = try await client.receiveAnswer()
        clients.append(client)
      }
      let filling = [0, 1, 2].flatMap { Array(repeating: $0, count: Server.fullLoop) }
      #expect(log.lines.map(Int.init) == filling + [0, 1, 2, 0, 1, 2])
      for client in clients { client.close() }
      await server.stop()
      await life.value
    }
  }
}
