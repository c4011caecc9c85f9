/// What became of the requests that one server was sent in one round.
struct Tally: Sendable {
  /// Times of the right answers.
  private(set) var times = LatencyHistogram()
  /// Right answers that came before the round was over.
  private(set) var answers = 0
  private(set) var failures = Failures()
  /// When all answers came, also those that came too late.
  private(set) var timeline = Timeline()
  /// How long the round took.
  var elapsed = Duration.zero
  /// The server's processor time in the round, in seconds; nil if it is not known.
  var processorSeconds: Double?

  var answersPerSecond: Double {
    elapsed > .zero ? Double(answers) / (elapsed / .seconds(1)) : 0
  }

  /// The server's processor time for a right answer, in microseconds.
  var processorMicrosecondsEach: Double? {
    processorSeconds.flatMap { times.count > 0 ? $0 * 1e6 / Double(times.count) : nil }
  }

  /// The longest time of the round in which no answer came.
  var longestGap: Duration {
    timeline.start.map { timeline.longestGap(from: $0, to: $0 + elapsed) } ?? .zero
  }

  /// Begins a round, which ``timeline`` is then about.
  mutating func begin(at start: ContinuousClock.Instant) { timeline.begin(at: start) }

  /// Counts a right answer that came now.
  mutating func record(
    _ time: Duration, at now: ContinuousClock.Instant = .now, isInTime: Bool
  ) {
    times.record(time)
    timeline.note(now)
    if isInTime { answers += 1 }
  }

  mutating func fail(_ reason: String) {
    failures.note(reason)
  }

  /// Adds what another task saw of the same round, or another round at the same server.
  mutating func merge(_ other: Tally) {
    times.merge(other.times)
    timeline.merge(other.timeline)
    if let seconds = other.processorSeconds {
      processorSeconds = (processorSeconds ?? 0) + seconds
    }
    answers += other.answers
    failures.merge(other.failures)
    elapsed = max(elapsed, other.elapsed)
  }
}

/// Answers that were wrong or did not come: how many, and the first of them.
struct Failures: Sendable, Equatable {
  private(set) var count = 0
  private(set) var example: String?

  mutating func note(_ reason: String) {
    count += 1
    if example == nil { example = reason }
  }

  /// Adds failures that happened at `place`.
  mutating func merge(_ other: Failures, at place: String? = nil) {
    count += other.count
    if example == nil {
      example = other.example.map { example in place.map { "\($0): \(example)" } ?? example }
    }
  }
}
