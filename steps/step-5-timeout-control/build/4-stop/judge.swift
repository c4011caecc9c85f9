import HTTP
import Loop
import Platform
import ServingSupport
import Store
import Synchronization
import Timeout

/// Something that comes to pass once.
private final class Moment: Sendable {
  private let times = Mutex(0)
  var count: Int { times.withLock { $0 } }
  var hasCome: Bool { count > 0 }
  func come() { times.withLock { $0 += 1 } }
  func wait() async { while !hasCome { try? await Task.sleep(for: .milliseconds(1)) } }
}

/// Answers `/quick` at once, `/slow` when it is let, `/watch` when the stop begins, and `/endless`
/// never.
private struct Desk: Handler {
  let begun = Moment()
  let letGo = Moment()
  let stopBegins = Moment()
  let cancelled = Moment()
  let ended = Moment()
  /// A request over a new connection was answered when the stop had begun.
  let takesMore = Moment()

  func respond(to request: Request, with response: Response) async throws {
    begun.come()
    switch text(request.path) {
    case "/slow":
      while !letGo.hasCome, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
      if Task.isCancelled { throw CancellationError() }
    case "/watch":
      while !stopBegins.hasCome, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
      if Task.isCancelled { throw CancellationError() }
      throw HTTPError(.serviceUnavailable, "the server stops")
    case "/endless":
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
      cancelled.come()
      // A task of its own is not cancelled with this one.
      await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
      ended.come()
      throw CancellationError()
    default: break
    }
    response.body = Array("done".utf8)
  }
}

/// A server that is going to be stopped.
private struct Scene {
  let desk = Desk()
  let clock = ManualClock()
  let signal = Moment()
  let serving: Serving
  let running: Later<Bool>

  init() throws {
    let loop = try EventLoop.start()
    let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: desk) { _ in }
    serving = Serving(server: server, loop: loop)
    running = Later { [signal, desk, clock, serving] in
      await server.run(
        until: { await signal.wait() },
        beginStop: {
          let late = Self.ask("/quick", of: serving)
          // Time enough for a server that takes connections still.
          for _ in 0..<500 where late.value == nil { pause(milliseconds: 1) }
          if late.value == "200 done" { desk.takesMore.come() }
          desk.stopBegins.come()
        },
        grace: .seconds(5), clock: clock)
      return true
    }
  }

  /// Begins to ask.
  func ask(_ path: String) -> Later<String> { Self.ask(path, of: serving) }

  private static func ask(_ path: String, of serving: Serving) -> Later<String> {
    Later {
      do {
        let answer = try await serving.ask(.get, path)
        return "\(answer.status) \(answer.text.prefix { $0 != "\n" })"
      } catch { return "refused" }
    }
  }

  /// Begins to ask, and returns when the handler has begun to answer.
  func beginToAsk(_ path: String) async -> Later<String> {
    let answer = ask(path)
    await waiting(for: "\(path) is asked", seeing: told) { desk.begun.hasCome }
    return answer
  }

  func isAnswered(_ answer: Later<String>, _ expected: String) async {
    await waiting(for: expected, seeing: "no answer within \(patience); \(told)") {
      answer.value != nil
    }
    check(Trial.input, is: expected) { answer.value ?? "" }
  }

  /// Waits until new connections are refused.
  func refuses() async {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
      let answer = ask("/quick")
      _ = await happens(within: .seconds(1)) { answer.value != nil }
      if answer.value == "refused" { return }
    }
    broken("no new connections are taken", "/quick is answered \(patience) after the signal")
  }

  func returns() async {
    await waiting(for: "run() returns", seeing: "it has not within \(patience); \(told)") {
      running.value != nil
    }
  }

  var told: String {
    "run() \(running.value == nil ? "goes on" : "has returned"), "
      + counted(clock.sleeperCount, "timer")
  }
}

func judge() async throws {
  await asyncInvariant(1, "it serves until the signal, however long that takes") {
    let scene = try Scene()
    trying("a request, and no signal")
    await scene.isAnswered(scene.ask("/quick"), "200 done")
    trying("a request after an hour, and no signal")
    scene.clock.advance(by: .seconds(3_600))
    _ = await happens { scene.running.value != nil }
    await scene.isAnswered(scene.ask("/quick"), "200 done")
    check(Trial.input, is: "run() goes on, 0 timers") { scene.told }
    trying("the signal, and no request")
    scene.signal.come()
    await scene.returns()
  }
  await asyncInvariant(2, "no new connection is taken, and a request in progress is answered") {
    let scene = try Scene()
    trying("the signal, while /slow is in progress")
    let slow = await scene.beginToAsk("/slow")
    scene.signal.come()
    await scene.refuses()
    check(Trial.input, is: "/slow is in progress") {
      slow.value.map { "it ended: \($0)" } ?? "/slow is in progress"
    }
    scene.desk.letGo.come()
    await scene.isAnswered(slow, "200 done")
    await scene.returns()
  }
  await asyncInvariant(3, "those who wait are told that the server stops, once") {
    let scene = try Scene()
    trying("the signal, while a client watches")
    let watch = await scene.beginToAsk("/watch")
    scene.signal.come()
    await scene.isAnswered(watch, "503 the server stops")
    await scene.returns()
    check(Trial.input, is: "beginStop is called 1 time") {
      "beginStop is called \(counted(scene.desk.stopBegins.count, "time"))"
    }
    check("/quick is asked over a new connection when beginStop is called", is: "refused") {
      scene.desk.takesMore.hasCome ? "200 done" : "refused"
    }
  }
  await asyncInvariant(4, "with the last connection it ends, and does not wait for the grace") {
    let scene = try Scene()
    trying("the signal while /slow is in progress, which then ends; the clock stands")
    let slow = await scene.beginToAsk("/slow")
    scene.signal.come()
    await waiting(for: "a timer for the grace", seeing: scene.told) {
      scene.clock.sleeperCount == 1
    }
    scene.desk.letGo.come()
    await scene.isAnswered(slow, "200 done")
    await scene.returns()
    check(Trial.input, is: "run() has returned, 0 timers") { scene.told }
  }
  await asyncInvariant(5, "what still runs when the grace is over is cancelled, not before") {
    let scene = try Scene()
    trying("the signal while /endless is in progress; 1 ms before the grace of 5 s is over")
    let endless = await scene.beginToAsk("/endless")
    scene.signal.come()
    await waiting(for: "a timer for the grace", seeing: scene.told) {
      scene.clock.sleeperCount == 1
    }
    scene.clock.advance(by: .milliseconds(4_999))
    _ = await happens { scene.desk.cancelled.hasCome }
    check(Trial.input, is: "/endless is in progress") {
      scene.desk.cancelled.hasCome ? "it is cancelled" : "/endless is in progress"
    }
    trying("the signal while /endless is in progress; when the grace is over")
    scene.clock.advance(by: .milliseconds(1))
    await waiting(for: "/endless is cancelled", seeing: "it is not; \(scene.told)") {
      scene.desk.cancelled.hasCome
    }
    await scene.returns()
    await waiting(for: "an end of the connection") { endless.value != nil }
  }
  await asyncInvariant(6, "when it returns, no client is being served") {
    let scene = try Scene()
    trying("/endless is cancelled after the grace, and takes 50 ms to leave")
    _ = await scene.beginToAsk("/endless")
    scene.signal.come()
    await waiting(for: "a timer for the grace", seeing: scene.told) {
      scene.clock.sleeperCount == 1
    }
    scene.clock.advance(by: .seconds(5))
    await scene.returns()
    check(Trial.input, is: "the handler has ended, run() has returned") {
      "the handler \(scene.desk.ended.hasCome ? "has ended" : "is at work"), run() has returned"
    }
  }
}
