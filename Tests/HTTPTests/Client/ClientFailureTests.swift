import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A client gives up` {
  private let get = ClientRequest(.get, "/")

  @Test func `when its time is over, and not before`() async throws {
    let clock = ManualClock()
    try await withCannedServer(clock: clock) { client, server, loop in
      async let answer = failure(of: { try await client.perform(get, within: .seconds(10)) })
      _ = try await server.receive(through: "\r\n\r\n")
      await clock.advance(10, on: loop)
      #expect(client.isOpen)
      await clock.advance(1, on: loop)
      #expect(await answer == "timed out")
      #expect(!client.isOpen)
    }
  }

  @Test func `after a time that earlier requests do not shorten`() async throws {
    let clock = ManualClock()
    try await withServer(clock: clock, echo) { server in
      let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.server.port)
      for _ in 0..<10 {
        let answer = try await client.perform(get, within: .seconds(10))
        #expect(answer.status == .ok)
        await clock.advance(9, on: server.loop)
      }
      client.close()
    }
  }

  @Test func `when its task is cancelled`() async throws {
    try await withCannedServer { client, server, loop in
      let request = Task(executorPreference: loop) {
        await failure(of: { try await client.perform(get) })
      }
      _ = try await server.receive(through: "\r\n\r\n")
      request.cancel()
      #expect(await request.value == "cancelled")
      #expect(!client.isOpen)
      #expect(try await server.receiveAll().isEmpty)
    }
  }

  @Test func `when its task was cancelled before`() async throws {
    try await withCannedServer { client, server, loop in
      let request = Task(executorPreference: loop) {
        while !Task.isCancelled { await Task.yield() }
        return await failure(of: { try await client.perform(get) })
      }
      request.cancel()
      #expect(await request.value == "cancelled")
    }
  }

  @Test func `sending and receiving, when it is closed`() async throws {
    try await withCannedServer { client, server, loop in
      async let received = failure(of: {
        try await client.send(get)
        _ = try await client.receive()
      })
      async let sent = failure(of: {
        let big = ClientRequest(.put, "/", body: [UInt8](repeating: 0, count: 20 << 20))
        try await client.send(big)
      })
      _ = try await server.receive(through: "PUT")
      client.close()
      #expect(await received == "cancelled")
      #expect(await sent == "cancelled")
    }
  }

  @Test func `before it sends on a connection that the server has closed`() async throws {
    try await withCannedServer { client, server, loop in
      server.close()
      await until { !client.isOpen }
      let text = await failure(of: { try await client.perform(get) })
      #expect(text == "connection closed before the request was sent")
    }
  }

  @Test func `when the server resets the connection`() async throws {
    try await withCannedServer { client, server, loop in
      async let answer = failure(of: { try await client.perform(get) })
      _ = try await server.receive(through: "\r\n\r\n")
      server.reset()
      #expect(await answer == "recv: Connection reset by peer")
    }
  }
}
