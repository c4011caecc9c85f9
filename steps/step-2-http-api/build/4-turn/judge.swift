import LoopSupport
import Synchronization

@testable import Loop

/// A number that several threads may raise.
private final class Counter: Sendable {
  private let number = Atomic(0)
  var value: Int { number.load(ordering: .acquiring) }
  func add() { number.add(1, ordering: .releasing) }
}

/// A loop whose turns are counted: it reads its clock once in each.
private struct Scene {
  let loop: EventLoop
  let log = Log()
  let turns = Counter()

  init() throws {
    loop = try EventLoop.start(waiting: .queue) { [turns] in
      turns.add()
      return LoopTime.now()
    }
  }

  /// Sends the loop a task, from this thread.
  func send(_ name: String) {
    Task(executorPreference: loop) { [log] in log.note(name) }
  }

  /// Sends the loop a task that keeps its thread busy until `meanwhile` is done, on another thread.
  func send(_ name: String, meanwhile: @escaping @Sendable () -> Void) {
    let done = Counter()
    Task(executorPreference: loop) { [log] in
      log.note(name)
      Task { @concurrent in
        meanwhile()
        done.add()
      }
      let end = ContinuousClock.now + patience
      while done.value == 0, ContinuousClock.now < end {}
    }
  }

  var told: String { log.lines.isEmpty ? "nothing" : log.lines.joined(separator: " ") }

  func hasRun(_ expected: String) async {
    await waiting(for: expected, seeing: "\(told), and no more within \(patience)") {
      log.count >= expected.split(separator: " ").count
    }
    check(Trial.input, is: expected) { told }
  }
}

/// Waits for a task on the loop.
private func result<Value: Sendable>(
  of work: @escaping @Sendable @concurrent () async -> Value
) async -> Value {
  let later = Later(work)
  while true {
    await waiting(for: "the task ends", seeing: "it has not within \(patience)") {
      later.value != nil
    }
    if let value = later.value { return value }
  }
}

/// A loop that was told to end, and nothing else holds.
private func ended() throws -> () -> Bool {
  let loop = try EventLoop.start()
  loop.shutDown()
  return { [weak loop] in loop == nil }
}

func judge() async throws {
  await asyncInvariant(1, "what is sent from another thread runs, on the loop's own") {
    let scene = try Scene()
    trying("a task sent to a loop that has just been started")
    let isCurrent = await result { [loop = scene.loop] in await loop.run { loop.isCurrent } }
    check(Trial.input, is: "on the loop's thread") {
      isCurrent ? "on the loop's thread" : "on another thread"
    }
  }
  await asyncInvariant(2, "a loop that sleeps is woken") {
    let scene = try Scene()
    var expected: [String] = []
    for number in 1...10 {
      trying("task \(number), sent to a loop that has had nothing to do for 10 ms")
      try await Task.sleep(for: .milliseconds(10))
      scene.send("\(number)")
      expected.append("\(number)")
      await scene.hasRun(expected.joined(separator: " "))
    }
  }
  await asyncInvariant(
    3, "what is sent while the loop is busy is not slept over, and stays in order"
  ) {
    let scene = try Scene()
    trying("tasks b, c and d, sent from another thread while a runs")
    scene.send("a") { for name in ["b", "c", "d"] { scene.send(name) } }
    await scene.hasRun("a b c d")
  }
  await asyncInvariant(4, "a loop with nothing to do sleeps") {
    let scene = try Scene()
    trying("no task for 200 ms")
    scene.send("a")
    await scene.hasRun("a")
    try await Task.sleep(for: .milliseconds(50))
    let before = scene.turns.value
    try await Task.sleep(for: .milliseconds(200))
    let turns = scene.turns.value - before
    check(Trial.input, is: "hardly a turn") { turns < 5 ? "hardly a turn" : "\(turns) turns" }
  }
  await asyncInvariant(5, "work for the end of a turn is done once, when no task is ready any more")
  {
    let scene = try Scene()
    trying("three tasks that each go on once after a yield, and the first asks for work at the end")
    await result { [loop = scene.loop, log = scene.log] in
      await loop.run {
        await turn(of: loop)
        await withTaskGroup { group in
          for number in 1...3 {
            group.addTask {
              if number == 1 { loop.atEndOfTurn { log.note("end") } }
              log.note("task")
              await Task.yield()
              log.note("task")
            }
          }
        }
        await turn(of: loop)
      }
    }
    await scene.hasRun("task task task task task task end")
  }
  await asyncInvariant(6, "work that asks for more work at the end of a turn gets it, in the next")
  {
    let scene = try Scene()
    trying("work at the end of a turn that asks for work at the end of a turn")
    Task(executorPreference: scene.loop) { [loop = scene.loop, log = scene.log] in
      loop.atEndOfTurn {
        log.note("first")
        loop.atEndOfTurn { log.note("second") }
      }
    }
    await scene.hasRun("first second")
  }
  await asyncInvariant(7, "tasks that resume each other for ever keep no socket waiting") {
    let scene = try Scene()
    trying("a byte comes for a socket, while a task yields again and again")
    let spins = Counter()
    let spinner = Task(executorPreference: scene.loop) {
      while !Task.isCancelled {
        spins.add()
        await Task.yield()
      }
    }
    await waiting(for: "a task that yields") { spins.value > 0 }
    let later = Later { [loop = scene.loop] in
      await failed {
        try await loop.run {
          let (near, far) = try socketPair(on: loop)
          _ = try [1].withUnsafeBytes { try far.write($0) }
          try await near.readable()
          near.close()
          far.close()
        }
      }
    }
    await waiting(for: "the socket is readable", seeing: "it is not heard of within \(patience)") {
      later.value != nil
    }
    spinner.cancel()
    check(Trial.input, is: "readable") { later.value.flatMap { $0 } ?? "readable" }
  }
  await asyncInvariant(8, "a task that sleeps on the loop is woken when its time has come") {
    let scene = try Scene()
    trying("a sleep of 20 ms on the loop's own clock")
    Task(executorPreference: scene.loop) { [log = scene.log] in
      try? await LoopClock().sleep(for: .milliseconds(20))
      log.note("awake")
    }
    await scene.hasRun("awake")
  }
  await asyncInvariant(9, "the thread ends when the loop is shut down") {
    trying("a loop that is shut down")
    let hasEnded = try ended()
    await waiting(for: "its thread ends", seeing: "it has not within \(patience)") { hasEnded() }
  }
}

/// What goes wrong with some work, in words.
private func failed(_ work: @concurrent () async throws -> Void) async -> String? {
  do { try await work() } catch { return "\(error)" }
  return nil
}
