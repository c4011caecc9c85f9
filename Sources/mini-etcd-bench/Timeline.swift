/// How many answers came in each millisecond of a round.
///
/// A histogram of times shows that an answer took long; this shows whether the others went on
/// meanwhile, or whether the server stood still.
struct Timeline: Sendable {
  /// When the first millisecond began; nil before ``begin(at:)``.
  private(set) var start: ContinuousClock.Instant?
  private var counts: [UInt32] = []

  /// A round that goes on for longer is not followed further: 16 minutes.
  private static let mostMilliseconds = 1_000_000

  mutating func begin(at start: ContinuousClock.Instant) { self.start = start }

  mutating func note(_ instant: ContinuousClock.Instant) {
    let millisecond = self.millisecond(of: instant)
    guard (0..<Self.mostMilliseconds).contains(millisecond) else { return }
    while counts.count <= millisecond { counts.append(0) }
    counts[millisecond] += 1
  }

  /// Adds what another task saw of the same round; another round leaves this one as it is.
  mutating func merge(_ other: Timeline) {
    if start == nil { start = other.start }
    guard start == other.start else { return }
    while counts.count < other.counts.count { counts.append(0) }
    for (millisecond, count) in other.counts.enumerated() { counts[millisecond] += count }
  }

  /// Answers per second between two moments; 0 if none is between them.
  func answersPerSecond(
    from first: ContinuousClock.Instant, to last: ContinuousClock.Instant
  ) -> Double {
    let answers = counts(from: first, to: last)
    let total = answers.reduce(0) { $0 + Int($1) }
    return answers.isEmpty ? 0 : Double(total) * 1000 / Double(answers.count)
  }

  /// The longest time between two moments in which no answer came, in whole milliseconds.
  func longestGap(
    from first: ContinuousClock.Instant, to last: ContinuousClock.Instant
  ) -> Duration {
    var (longest, current) = (0, 0)
    for count in counts(from: first, to: last) {
      current = count == 0 ? current + 1 : 0
      longest = max(longest, current)
    }
    return .milliseconds(longest)
  }

  /// One for each millisecond, also where none was noted.
  private func counts(
    from first: ContinuousClock.Instant, to last: ContinuousClock.Instant
  ) -> [UInt32] {
    let start = max(0, millisecond(of: first))
    let end = max(start, millisecond(of: last))
    return (start..<end).map { $0 < counts.count ? counts[$0] : 0 }
  }

  private func millisecond(of instant: ContinuousClock.Instant) -> Int {
    guard let start else { return -1 }
    let time = start.duration(to: instant)
    return time < .zero ? -1 : Int(time / .milliseconds(1))
  }
}
