/// Lets one line of a kind through per minute, and counts those it holds back: what goes wrong a
/// thousand times per second is worth a line, but not a thousand.
///
///     if let skipped = limit.admit(at: .now) { log(.warn("slow_sync", ["skipped": skipped])) }
public struct LogLimit: Sendable {
  /// The time between two lines.
  public static let interval = Duration.seconds(60)

  private var nextLine: ContinuousClock.Instant?
  private var skipped = 0

  public init() {}

  /// Returns how many lines were held back since the last one, if it is time for another; nil if
  /// this one is held back too.
  public mutating func admit(at now: ContinuousClock.Instant) -> Int? {
    if let nextLine, now < nextLine {
      skipped += 1
      return nil
    }
    nextLine = now + Self.interval
    defer { skipped = 0 }
    return skipped
  }
}
