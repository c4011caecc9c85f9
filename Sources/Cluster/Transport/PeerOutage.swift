import Bytes

/// Decides when a peer that cannot be reached is worth a line: not one that is being restarted.
struct PeerOutage {
  /// How long it must have been out of reach.
  static let patience = Duration.seconds(5)
  /// After such a time without a request nothing is known of what was between.
  static let quietTime = Duration.seconds(15)

  private var start: ContinuousClock.Instant?
  private var latest: ContinuousClock.Instant?
  private var limit = LogLimit()
  private var isReported = false

  /// A request has failed: returns for how many seconds all have, if that is to be reported.
  mutating func fail(at now: ContinuousClock.Instant) -> Int? {
    defer { latest = now }
    guard let start, let latest, now - latest < Self.quietTime else {
      start = now
      return nil
    }
    guard now - start >= Self.patience, limit.admit(at: now) != nil else { return nil }
    isReported = true
    return Int((now - start).components.seconds)
  }

  /// A request was answered: returns whether the end of an outage is to be reported.
  mutating func end() -> Bool {
    start = nil
    defer { isReported = false }
    return isReported
  }
}
