/// What became of the requests that one server was sent in one round.
struct Tally: Sendable {
  /// Times of the right answers.
  private(set) var times = LatencyHistogram()
  /// Right answers that came before the round was over.
  private(set) var answers = 0
  private(set) var failures = Failures()
  /// How long the round took.
  var elapsed = Duration.zero

  var answersPerSecond: Double {
    elapsed > .zero ? Double(answers) / (elapsed / .seconds(1)) : 0
  }

  mutating func record(_ time: Duration, isInTime: Bool) {
    times.record(time)
    if isInTime { answers += 1 }
  }

  mutating func fail(_ reason: String) {
    failures.note(reason)
  }

  /// Adds what another task saw of the same round, or another round at the same server.
  mutating func merge(_ other: Tally) {
    times.merge(other.times)
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
