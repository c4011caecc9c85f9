/// A moment in wall-clock time, in microseconds since 1970-01-01 00:00 UTC.
///
/// Microseconds, because as a JSON number they stay below 2^53 until the year 2255, so that `jq`
/// shows an expiration in the log exactly.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64
  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// The end of 2^53 microseconds, in the year 2255. No clock says more, however wrong it is.
  public static let limit = Timestamp(microseconds: 1 << 53)

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

  /// Goes on from `time`, if it is not that late yet: it is the newest stamp in a log, and what is
  /// put in order next must not be older, whatever was done to the clock in between.
  func goOn(from time: Timestamp)
}

extension TimeSource {
  /// A time that nothing has been stamped by needs not go on from anywhere.
  public func goOn(from time: Timestamp) {}
}
