/// A moment in wall-clock time, in microseconds since 1970-01-01 00:00 UTC.
///
/// Microseconds, because as a JSON number they stay below 2^53 until the year 2255, so that `jq`
/// shows an expiration in the log exactly.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64
  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The moment `seconds` later; one too far away to be counted is the last there is.
  public func adding(seconds: Int64) -> Timestamp {
    let (product, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, tooLate) = microseconds.addingReportingOverflow(product)
    guard tooLong || tooLate else { return Timestamp(microseconds: sum) }
    return Timestamp(microseconds: seconds < 0 ? .min : .max)
  }
}

/// Where a proposer learns what time it is.
///
/// The state machine never asks: time reaches it inside commands, so that every replica, and every
/// replay of the log, sees the same. Tests bring a time of their own.
public protocol TimeSource: Sendable {
  /// The time now; never earlier than what it said before.
  var now: Timestamp { get }
}
