import LoopSupport
import Platform
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Connecting` {
  @Test(arguments: Waiting.allCases)
  func `to a port without a listener says so`(waiting: Waiting) async throws {
    try await onLoop(waiting: waiting) { loop in
      let text = await failure(of: {
        try await Socket.connect(to: "127.0.0.1", port: 1, within: 5, on: loop)
      })
      #expect(text == "127.0.0.1:1: connect: Connection refused")
    }
  }

  @Test func `looks a name up on a thread of its own, and tries each of its addresses`()
    async throws
  {
    try await onLoop { loop in
      // Only one of the two families of `localhost` listens.
      let (descriptor, port) = try Listener.open("127.0.0.1", port: 0)
      let listener = try loop.adopt(descriptor)
      let client = try await Socket.connect(to: "localhost", port: port, within: 5, on: loop)
      #expect(loop.isCurrent)
      client.close()
      listener.close()
    }
  }

  @Test func `gives up when cancelled`() async throws {
    try await onLoop { loop in
      // A listener whose queue is full answers nobody.
      let (descriptor, port) = try Listener.open("127.0.0.1", port: 0)
      try Platform.listen(on: descriptor, backlog: 0)
      let queued = [
        try await Socket.connect(to: "127.0.0.1", port: port, within: 5, on: loop)
      ]
      let attempt = Task(executorPreference: loop) {
        await failure(of: {
          try await Socket.connect(to: "127.0.0.1", port: port, within: 1000, on: loop)
        })
      }
      await turn(of: loop)
      attempt.cancel()
      #expect(await attempt.value != nil)
      for socket in queued { socket.close() }
      Platform.close(descriptor)
    }
  }
}
