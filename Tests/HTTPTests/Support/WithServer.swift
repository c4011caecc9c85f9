import Loop
import LoopSupport

@testable import HTTP

/// A server under test, and the loop that it and its clients run on.
struct TestServer {
  let server: Server
  let loop: EventLoop

  func connect() async throws -> RawConnection {
    try await RawConnection.connect(to: server.port, on: loop)
  }

  /// Sends `request` on a connection of its own and returns all that comes until the server closes.
  func answer(to request: String) async throws -> String {
    let client = try await connect()
    defer { client.close() }
    try await client.send(request)
    client.finishSending()
    return try await client.receiveAll()
  }

  /// Returns when `isTrue`.
  func wait(until isTrue: (ServerCounts) -> Bool) async {
    await until { isTrue(server.counts) }
  }
}

/// Serves on a port of its own, on an event loop that the body runs on too, until the body ends.
func withServer<Result: Sendable>(
  waiting: Waiting = .queue, limits: Limits = Limits(), timeouts: Timeouts = Timeouts(),
  clock: ManualClock? = nil, priority: (@Sendable (Request) -> Bool)? = nil,
  log: @escaping @Sendable (String) -> Void = { _ in },
  otherProtocol: (@Sendable () -> any OtherProtocol)? = nil, _ handler: any Handler,
  _ body: @Sendable @concurrent (TestServer) async throws -> Result
) async throws -> Result {
  try await onLoop(waiting: waiting, clock: clock) { loop in
    let server = try Server(
      host: "127.0.0.1", port: 0, loops: [loop], limits: limits, timeouts: timeouts,
      handler: handler, log: { log("\($0)") }, priority: priority, otherProtocol: otherProtocol)
    async let life: Void = server.run()
    do {
      let result = try await body(TestServer(server: server, loop: loop))
      await server.cancel()
      await life
      return result
    } catch {
      await server.cancel()
      await life
      throw error
    }
  }
}

/// A handler made of a function.
struct Answering: Handler {
  let answer: Router.Answer

  init(_ answer: @escaping Router.Answer) { self.answer = answer }

  func respond(to request: Request, with response: Response) async throws {
    try await answer(request, response)
  }
}

/// Answers with what was asked: `GET /path?query|body`.
let echo = Answering { request, response in
  response.body.append(contentsOf: Array("\(request.method.name) ".utf8))
  response.body.append(contentsOf: request.target)
  response.body.append(UInt8(ascii: "|"))
  response.body.append(contentsOf: request.body)
}
