/// A moment in wall-clock time, in microseconds since 1970-01-01 00:00 UTC.
///
/// Microseconds, because as a JSON number they stay below 2^53 until the year 2255, so that `jq`
/// shows an expiration in the log exactly.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The end of 2^53 microseconds, in the year 2255; no clock may be later.
  public static let limit = Timestamp(microseconds: 1 << 53)

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The moment `seconds` later; the last or first that 64 bits hold if it is beyond them.
  public func adding(seconds: Int64) -> Timestamp {
    let (product, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, tooLate) = microseconds.addingReportingOverflow(product)
    guard tooLong || tooLate else { return Timestamp(microseconds: sum) }
    return Timestamp(microseconds: seconds < 0 ? .min : .max)
  }
}

/// The clock of a proposer.
///
/// The state machine never reads a clock: time reaches it inside commands, so that every replica
/// and every replay of the log sees the same. Tests bring their own.
public protocol TimeSource: Sendable {
  /// The current time; never earlier than a time it returned before.
  var now: Timestamp { get }

  /// Continues from `time` if the clock is behind it. `time` is the newest stamp in a log, and the
  /// next command must not be older, even if the clock was set back.
  func goOn(from time: Timestamp)
}

extension TimeSource {
  /// A clock that has stamped nothing does not need this.
  public func goOn(from time: Timestamp) {}
}
