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
    /// From the sending of a write until its own answer.
    var written: [Duration] = []
    /// The server's processor time from before each write until all were told, together, in
    /// seconds; nil if it is not known.
    var processorSeconds: Double?
    var failures = Failures()
  }

  private enum Part: Sendable {
    case watcher([ContinuousClock.Instant?], Failures)
    case writer([Write], Failures)
  }

  private struct Write: Sendable {
    let sent: ContinuousClock.Instant
    let answered: ContinuousClock.Instant?
    let processorSeconds: Double?
  }

  /// What holds watchers and writer together for one write: each of them passes all three.
  private struct Gates: Sendable {
    /// The watchers have sent their requests.
    let waiting: Gate
    /// The watchers have their answers.
    let told: Gate
    /// The writer has read what that cost.
    let counted: Gate

    init(parties: Int) {
      waiting = Gate(parties: parties)
      told = Gate(parties: parties)
      counted = Gate(parties: parties)
    }
  }

  /// - Parameter writerLoop: where the writer is, so that its answer is not noticed only after
  ///   those of all watchers.
  func run(on loops: [EventLoop], writerLoop: EventLoop) async -> Outcome {
    let gates = (0..<writes).map { _ in Gates(parties: watchers + 1) }
    return await withTaskGroup(of: Part.self) { group in
      for number in 0..<watchers {
        group.addTask(executorPreference: loops[number % loops.count]) {
          await keepWatching(gates)
        }
      }
      group.addTask(executorPreference: writerLoop) { await keepWriting(gates) }
      var parts: [Part] = []
      for await part in group { parts.append(part) }
      return Self.outcome(of: parts)
    }
  }

  /// Waits for one write after another; returns when each was told, nil for one that was missed.
  ///
  /// No watcher asks for the next write before all were told of this one: otherwise the last would
  /// wait for the requests of the first.
  private func keepWatching(_ gates: [Gates]) async -> Part {
    var watch = target.api.watch(valueBytes: valueBytes)
    var client = LoadClient(target, deadline: deadline + Self.settling)
    var told: [ContinuousClock.Instant?] = []
    for (key, gates) in gates.enumerated() {
      watch.turn(to: key)
      if !client.hasGivenUp { await client.send(watch) }
      await gates.waiting.pass()
      let isTold = await client.receive(watch)
      told.append(isTold ? .now : nil)
      await gates.told.pass()
      await gates.counted.pass()
    }
    return .watcher(told, client.finish().failures)
  }

  /// Writes the key of each gate once all its watchers wait.
  private func keepWriting(_ gates: [Gates]) async -> Part {
    var put = target.api.put(valueBytes: valueBytes)
    var client = LoadClient(target, deadline: deadline)
    await client.open()
    var writes: [Write] = []
    for (key, gates) in gates.enumerated() {
      put.turn(to: key)
      await gates.waiting.pass()
      try? await Task.sleep(for: Self.settling)
      let before = target.processorSeconds
      let sent = ContinuousClock.now
      await client.send(put)
      let isWritten = await client.receive(put)
      let answered = isWritten ? ContinuousClock.now : nil
      await gates.told.pass()
      // What a server does after its answers is part of their cost.
      try? await Task.sleep(for: Self.settling)
      let after = target.processorSeconds
      writes.append(
        Write(
          sent: sent, answered: answered,
          processorSeconds: before.flatMap { before in after.map { $0 - before } }))
      await gates.counted.pass()
    }
    return .writer(writes, client.finish().failures)
  }

  private static func outcome(of parts: [Part]) -> Outcome {
    var outcome = Outcome()
    var sent: [ContinuousClock.Instant] = []
    for case .writer(let writes, let failures) in parts {
      sent = writes.map(\.sent)
      outcome.written = writes.compactMap { write in write.answered.map { $0 - write.sent } }
      for seconds in writes.compactMap(\.processorSeconds) {
        outcome.processorSeconds = (outcome.processorSeconds ?? 0) + seconds
      }
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
