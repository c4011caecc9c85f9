import HTTP
import Loop
import RunSupport
import ServingSupport
import Store
import Synchronization
import Testing
import Timeout
import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct GracefulStopTests {
  /// A stop that comes when the test says so.
  private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    func open() { isOpen.withLock { $0 = true } }
    func wait() async {
      while !isOpen.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
    }
  }

  /// A handler that answers when the gate opens, or is cancelled.
  private struct Slow: Handler {
    let gate: Gate
    let started: Gate
    func respond(to request: Request, with response: Response) async throws {
      started.open()
      await gate.wait()
      response.body = Array("done".utf8)
    }
  }

  @Test func `a stop ends watches and lets requests in progress finish`() async throws {
    let store = KeyValueStore()
    let hub = WatchHub(observing: store)
    let (stop, gate, started) = (Gate(), Gate(), Gate())
    var router = Router()
    router.add("/watch", .get, answer: WatchHandler(hub).respond)
    router.add("/slow", .get, answer: Slow(gate: gate, started: started).respond)
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: router)
    let serving = Serving(server: server, loop: loop)
    let clock = ManualClock()
    async let running: Void = server.run(
      until: { await stop.wait() }, beginStop: { hub.close() }, clock: clock)
    async let watch = serving.ask(.get, "/watch?key=k")
    async let slow = serving.ask(.get, "/slow")
    while hub.count == 0 { try? await Task.sleep(for: .milliseconds(1)) }
    await started.wait()
    stop.open()
    #expect(try await watch == .init(503, "the server stops\n"))
    gate.open()
    #expect(try await slow == .init(200, "done"))
    await running
    await #expect(throws: (any Error).self) { try await serving.ask(.get, "/slow") }
  }

  @Test func `a request that has not finished when the grace is over is cancelled`() async throws {
    struct Endless: Handler {
      let started: Gate
      func respond(to request: Request, with response: Response) async throws {
        started.open()
        try await Task.sleep(for: .seconds(1_000))
      }
    }
    let (stop, started) = (Gate(), Gate())
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let server = try Server(
      host: "127.0.0.1", port: 0, loops: [loop], handler: Endless(started: started))
    let serving = Serving(server: server, loop: loop)
    let clock = ManualClock()
    async let running: Void = server.run(
      until: { await stop.wait() }, beginStop: {}, clock: clock)
    async let answer = serving.ask(.get, "/")
    await started.wait()
    stop.open()
    await clock.sleeperComes()
    clock.advance(by: Server.grace)
    #expect((try? await answer)?.status ?? 503 == 503)
    await running
  }
}
