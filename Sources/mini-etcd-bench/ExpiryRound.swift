internal import Loop
import Synchronization

/// Many keys expire in a burst while others are written: what that does to the writing.
///
/// ```
///   write them      first is due            last is due   all are gone
///       |───────────────|───────────────────────|──────────────|
///           |── before ──|────────────── during ────────────────|
///           others are written all the time
/// ```
///
/// A time to live is a whole number of seconds, so the burst lasts as long as it took to write its
/// keys.
final class ExpiryRound: Sendable {
  private let load: LoadRound
  private let keys: Int
  private let timeToLive: Int
  private let isOver = Atomic(false)

  /// Over how many connections, at least, the keys are written that expire.
  static let writingConnections = 64
  /// How long others must have been written before the first key is due.
  static let leastBefore = Duration.seconds(1)
  /// How long they are still written when all keys are gone: a gap may last longer than the burst.
  static let after = Duration.milliseconds(500)

  /// - Parameters:
  ///   - load: how others are written; only writes.
  ///   - keys: how many expire.
  ///   - timeToLive: how long after its own writing, in seconds.
  init(load: LoadRound, keys: Int, timeToLive: Int) {
    self.load = load
    self.keys = keys
    self.timeToLive = timeToLive
  }

  struct Outcome: Sendable {
    /// Writes per second before the first key was due, and from then until all were gone.
    var rateBefore = 0.0
    var rateDuring = 0.0
    /// The longest time without an answer.
    var gapBefore = Duration.zero
    var gapDuring = Duration.zero
    /// From when the first key was due until all were gone.
    var burst = Duration.zero
    /// From when the last key was due until it was gone.
    var late = Duration.zero
    var failures = Failures()
  }

  func run(on loops: [EventLoop]) async -> Outcome {
    var outcome = Outcome()
    let directory = KeyDirectory.expiring(after: timeToLive)
    var writing = load
    writing.keys = keys
    // Over one connection they would take longer to write than they live.
    writing.connections = max(load.connections, Self.writingConnections)
    writing.directory = directory
    let firstDue = ContinuousClock.now + .seconds(timeToLive)
    outcome.failures.merge(await writing.preload(on: loops).failures)
    let lastDue = ContinuousClock.now + .seconds(timeToLive)
    guard firstDue - .now > Self.leastBefore else {
      outcome.failures.note(
        "it took \(lastDue - firstDue) to write the keys: they need a longer -ttl")
      return outcome
    }

    var others = load
    others.isOver = { [self] in isOver.load(ordering: .relaxed) }
    async let watching = allGone(after: lastDue, directory, on: loops[0])
    let tally = await others.run(on: loops)
    outcome.failures.merge(tally.failures)
    guard let gone = await watching else {
      outcome.failures.note("the keys were still there \(load.deadline) after their time")
      return outcome
    }
    let (start, timeline) = (tally.timeline.start ?? firstDue, tally.timeline)
    outcome.rateBefore = timeline.answersPerSecond(from: start, to: firstDue)
    outcome.rateDuring = timeline.answersPerSecond(from: firstDue, to: gone)
    outcome.gapBefore = timeline.longestGap(from: start, to: firstDue)
    outcome.gapDuring = timeline.longestGap(from: firstDue, to: gone + Self.after)
    (outcome.burst, outcome.late) = (gone - firstDue, gone - lastDue)
    return outcome
  }

  /// Returns when the last key was found gone; nil if it stays. The others are then written no
  /// longer.
  private func allGone(
    after due: ContinuousClock.Instant, _ directory: KeyDirectory, on loop: EventLoop
  ) async -> ContinuousClock.Instant? {
    var absence = load.target.api.absence(in: directory)
    absence.turn(to: keys - 1)
    try? await Task.sleep(until: due, clock: .continuous)
    let gone = await Probe(load.target, absence).firstSuccess(
      within: load.deadline, every: .milliseconds(20), on: loop)
    try? await Task.sleep(for: Self.after)
    isOver.store(true, ordering: .relaxed)
    return gone
  }
}
