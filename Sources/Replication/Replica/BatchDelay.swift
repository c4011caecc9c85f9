/// How long writes wait so that more of them share a batch.
///
/// A batch costs every node a write to its disk and some messages, however small it is. And clients
/// that are answered together ask again together: so it pays to let a batch come back, and then to
/// wait until as many are there as there were last time. Two groups of clients that would take
/// turns become one.
///
///     ── batch under way ──┐ committed, and answered
///        a b               │      c  d e   f  ◄── they ask again
///        └─┴── wait ───────┴──────┴──┴─┴───┴──► the next batch
///
/// The idea is that of Nagle's algorithm for TCP (RFC 896) and of PostgreSQL's `commit_delay`; etcd
/// sends what it has. A client that is alone never waits.
struct BatchDelay {
  typealias Instant = ContinuousClock.Instant

  /// No write waits for longer. That is little beside a journey between cities: there, several
  /// batches are under way at once.
  static let limit = Duration.milliseconds(2)
  /// If no further write arrives within this time, none is coming.
  static let pause = Duration.microseconds(500)
  /// A batch this large gains nothing by waiting.
  static let enough = 64

  /// How many were waiting or under way when the last batch went; more if there are more by now.
  private var usual = 0
  private var waiting = 0
  private var underWay = 0
  /// When the first of the waiting ones came, and when something last happened.
  private var times: (first: Instant, last: Instant)?

  /// The time until which the waiting writes go on waiting; nil: they go now.
  mutating func end(waiting: Int, underWay: Int, now: Instant) -> Instant? {
    var (first, last) = times ?? (now, now)
    if waiting != self.waiting || underWay != self.underWay { last = now }
    if self.waiting == 0 { first = now }
    times = (first, last)
    self.waiting = waiting
    self.underWay = underWay
    if waiting == 0 { return nil }
    usual = max(usual, waiting + underWay)
    // One in eight may be late.
    if waiting < min(usual - usual / 8, Self.enough) {
      let end = underWay > 0 ? first + Self.limit : min(first + Self.limit, last + Self.pause)
      if now < end { return end }
    }
    usual = waiting + underWay
    self.waiting = 0
    return nil
  }
}
