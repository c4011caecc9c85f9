internal import HTTP
internal import Loop

/// Many connections wait for one key; each write of it must reach them all.
struct WatchRound: Sendable {
  let target: Target
  let watchers: Int
  /// How many times the watchers are told.
  let writes: Int
  let valueBytes: Int
  let deadline: Duration

  /// How long a server is given to note all watchers: course watches say nothing until they have
  /// something to say. One that is told too late misses its write, and counts as a failure.
  static let settling = Duration.milliseconds(200)

  struct Outcome: Sendable {
    /// From the sending of a write until each watcher had its answer.
    var told = LatencyHistogram()
    /// The same until the last watcher had its answer, for each write.
    var allTold: [Duration] = []
    var failures = Failures()
  }

  private enum Part: Sendable {
    case watcher([ContinuousClock.Instant?], Failures)
    case writer([ContinuousClock.Instant], Failures)
  }

  func run(on loops: [EventLoop]) async -> Outcome {
    let gates = (0..<writes).map { _ in Gate(parties: watchers + 1) }
    let rests = (0..<writes).map { _ in Gate(parties: watchers) }
    return await withTaskGroup(of: Part.self) { group in
      for number in 0..<watchers {
        group.addTask(executorPreference: loops[number % loops.count]) {
          await keepWatching(gates, rests)
        }
      }
      group.addTask(executorPreference: loops[0]) { await keepWriting(gates) }
      var parts: [Part] = []
      for await part in group { parts.append(part) }
      return Self.outcome(of: parts)
    }
  }

  /// Waits for one write after another; returns when each was told, nil for one that was missed.
  ///
  /// No watcher asks for the next write before all were told of this one: otherwise the last would
  /// wait for the requests of the first.
  private func keepWatching(_ gates: [Gate], _ rests: [Gate]) async -> Part {
    var watch = target.api.watch(valueBytes: valueBytes)
    var client = LoadClient(target, deadline: deadline + Self.settling)
    var told: [ContinuousClock.Instant?] = []
    for (key, (gate, rest)) in zip(gates, rests).enumerated() {
      watch.turn(to: key)
      if !client.hasGivenUp { await client.send(watch) }
      await gate.pass()
      let isTold = await client.receive(watch)
      told.append(isTold ? .now : nil)
      await rest.pass()
    }
    return .watcher(told, client.finish().failures)
  }

  /// Writes the key of each gate once all its watchers wait.
  private func keepWriting(_ gates: [Gate]) async -> Part {
    var put = target.api.put(valueBytes: valueBytes)
    var client = LoadClient(target, deadline: deadline)
    await client.open()
    var sent: [ContinuousClock.Instant] = []
    for (key, gate) in gates.enumerated() {
      put.turn(to: key)
      await gate.pass()
      try? await Task.sleep(for: Self.settling)
      let now = ContinuousClock.now
      sent.append(now)
      _ = await client.ask(put, since: now, before: now + deadline)
    }
    return .writer(sent, client.finish().failures)
  }

  private static func outcome(of parts: [Part]) -> Outcome {
    var outcome = Outcome()
    var sent: [ContinuousClock.Instant] = []
    for case .writer(let instants, let failures) in parts {
      sent = instants
      outcome.failures.merge(failures)
    }
    outcome.allTold = Array(repeating: .zero, count: sent.count)
    for case .watcher(let instants, let failures) in parts {
      outcome.failures.merge(failures)
      for (write, instant) in instants.enumerated() {
        guard let instant else { continue }
        outcome.told.record(instant - sent[write])
        outcome.allTold[write] = max(outcome.allTold[write], instant - sent[write])
      }
    }
    return outcome
  }
}
