import HTTP
import Loop
import ServingSupport
import Store
import Synchronization
import Timeout

/// What a handler does while it is asked, noted in order.
private final class Notes: Sendable {
  private let lines = Mutex<[String]>([])
  func note(_ line: String) { lines.withLock { $0.append(line) } }
  var told: String { lines.withLock { $0.isEmpty ? "nothing" : $0.joined(separator: ", ") } }
  func has(_ line: String) -> Bool { lines.withLock { $0.contains(line) } }
}

/// Answers at once, or with an error.
private struct Quick: Handler {
  var error: HTTPError?
  func respond(to request: Request, with response: Response) async throws {
    if let error { throw error }
    response.body = Array("done".utf8)
  }
}

/// Waits until it is cancelled, and then takes a while to leave.
private struct Waiting: Handler {
  let notes: Notes
  /// Whether it answers, although it was cancelled.
  var answers = false
  func respond(to request: Request, with response: Response) async throws {
    request.cancelWhenClientLeaves()
    notes.note("begun")
    while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
    notes.note("cancelled")
    // A task of its own is not cancelled with this one.
    await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
    notes.note("ended")
    if !answers { throw CancellationError() }
    response.body = Array("done".utf8)
  }
}

/// A server whose handler has a deadline of 30 s, by a clock that stands.
private struct Scene {
  let clock = ManualClock()
  let notes = Notes()

  func serve(
    _ handler: some Handler, _ body: (Serving) async throws -> Void
  ) async throws {
    let handler = DeadlineHandler(handler, within: .seconds(30), by: clock, text: "too late")
    try await withServing(handler, body)
  }

  /// Begins to ask.
  func ask(_ serving: Serving, _ query: String = "") -> Later<String> {
    Later {
      do {
        let answer = try await serving.ask(.get, "/" + query)
        return "\(answer.status) \(answer.text.prefix { $0 != "\n" })"
      } catch { return "the error \(error)" }
    }
  }

  func timerStarts() async {
    await waiting(for: "the handler begins, and a timer runs", seeing: told) {
      notes.has("begun") && clock.sleeperCount == 1
    }
  }

  func isAnswered(_ answer: Later<String>, _ expected: String) async {
    await waiting(
      for: expected, seeing: "no answer within \(patience); the handler: \(notes.told)"
    ) { answer.value != nil }
    check(Trial.input, is: expected) { answer.value ?? "" }
  }

  var told: String { "the handler: \(notes.told); \(counted(clock.sleeperCount, "timer"))" }
}

func judge() async throws {
  await asyncInvariant(1, "an answer in time is sent at once, and no timer is left") {
    let scene = Scene()
    try await scene.serve(Quick()) { serving in
      trying("a handler that answers at once")
      await scene.isAnswered(scene.ask(serving), "200 done")
      check("and after it", is: "0 timers") { counted(scene.clock.sleeperCount, "timer") }
    }
  }
  await asyncInvariant(2, "the handler's own error passes through") {
    let scene = Scene()
    try await scene.serve(Quick(error: HTTPError(.notFound, "no such key"))) { serving in
      trying("a handler that throws 404")
      await scene.isAnswered(scene.ask(serving), "404 no such key")
    }
  }
  await asyncInvariant(3, "at the deadline the handler is cancelled, and the answer is 408") {
    let scene = Scene()
    try await scene.serve(Waiting(notes: scene.notes)) { serving in
      trying("a handler that waits; 1 ms before the deadline of 30 s")
      let answer = scene.ask(serving)
      await scene.timerStarts()
      scene.clock.advance(by: .milliseconds(29_999))
      _ = await happens { answer.value != nil }
      check(Trial.input, is: "the handler: begun; 1 timer") { scene.told }
      trying("a handler that waits; at the deadline")
      scene.clock.advance(by: .milliseconds(1))
      await scene.isAnswered(answer, "408 too late")
    }
  }
  await asyncInvariant(4, "when there is an answer, the handler has ended") {
    let scene = Scene()
    try await scene.serve(Waiting(notes: scene.notes)) { serving in
      trying("a handler that takes 50 ms to leave")
      let answer = scene.ask(serving)
      await scene.timerStarts()
      scene.clock.advance(by: .seconds(30))
      await scene.isAnswered(answer, "408 too late")
      check(Trial.input, is: "the handler: begun, cancelled, ended; 0 timers") { scene.told }
    }
  }
  await asyncInvariant(5, "a handler that answers after all, before it has ended, has answered") {
    let scene = Scene()
    try await scene.serve(Waiting(notes: scene.notes, answers: true)) { serving in
      trying("a handler that answers although it is cancelled")
      let answer = scene.ask(serving)
      await scene.timerStarts()
      scene.clock.advance(by: .seconds(30))
      await scene.isAnswered(answer, "200 done")
    }
  }
  await asyncInvariant(6, "a request may ask for less time, and not for more") {
    for (query, seconds) in [("?timeout=5s", 5), ("?timeout=1h", 30), ("?timeout=30s", 30)] {
      let scene = Scene()
      try await scene.serve(Waiting(notes: scene.notes)) { serving in
        trying("\(query), after \(seconds) s less 1 ms")
        let answer = scene.ask(serving, query)
        await scene.timerStarts()
        scene.clock.advance(by: .seconds(seconds) - .milliseconds(1))
        _ = await happens { answer.value != nil }
        check(Trial.input, is: "the handler: begun; 1 timer") { scene.told }
        trying("\(query), after \(seconds) s")
        scene.clock.advance(by: .milliseconds(1))
        await scene.isAnswered(answer, "408 too late")
      }
    }
  }
  await asyncInvariant(7, "a time that is none is refused, and the handler is not asked") {
    let scene = Scene()
    try await scene.serve(Quick()) { serving in
      for (query, answer) in [
        ("?timeout=5", #"400 invalid timeout "5": must have a unit, as in 30s"#),
        ("?timeout=0s", #"400 invalid timeout "0s": must be more than zero"#),
        ("?timeout=-1s", #"400 invalid timeout "-1s": must be more than zero"#),
        ("?timeout=", #"400 invalid timeout "": must be a duration such as 30s or 1m30s"#),
        ("?timeout=%z", #"400 invalid URL escape "%z""#),
      ] {
        trying(query)
        await scene.isAnswered(scene.ask(serving, query), answer)
      }
    }
  }
  await asyncInvariant(8, "a client that leaves takes the handler and the timer along") {
    let scene = Scene()
    try await scene.serve(Waiting(notes: scene.notes)) { serving in
      trying("a client that closes its connection")
      try await serving.loop.run {
        let connection = try await serving.connect()
        try await connection.send(ClientRequest(.get, "/"))
        await scene.timerStarts()
        connection.close()
      }
      let expected = "the handler: begun, cancelled, ended; 0 timers"
      await waiting(for: expected, seeing: scene.told) { scene.told == expected }
    }
  }
}
