/// A time that approaches another one without a jump: it follows a steady clock, and a correction
/// only makes it run a little faster or slower.
///
/// ```
///   time ▲            ╭──  the other clock, set forward
///        │            │   ╱
///        │            │  ╱ ........... at most 1/100 faster
///        │        ____│.╱·
///        │   ____╱
///        └──────────────────► steady clock
/// ```
///
/// So a second is always about a second, and no moment comes twice. It is pure: it takes readings
/// and returns the time. All numbers are microseconds, within ``Store/Timestamp/limit``.
package struct SlewedTime: Sendable {
  /// The offset to add to the steady clock.
  package private(set) var offset: Int64
  /// The steady clock's reading up to which the passed time was used for corrections.
  private var corrected: Int64

  /// At the steady clock's reading `steady` it is `time`.
  package init(at steady: Int64, is time: Int64) {
    offset = time - steady
    corrected = steady
  }

  /// The time at the reading `steady`; no reading may be less than the one before.
  /// - Parameters:
  ///   - target: the time to approach; nil to go on as it is.
  ///   - share: a correction takes at most one part in so many of the time that passes.
  package mutating func read(_ steady: Int64, toward target: Int64?, share: Int64 = 100) -> Int64 {
    // What is less than a whole step counts at the next reading: otherwise frequent readings would
    // prevent any correction.
    let step = (steady - corrected) / share
    guard let target else {
      corrected = steady
      return steady + offset
    }
    corrected += step * share
    offset += min(max(target - steady - offset, -step), step)
    return steady + offset
  }

  /// From the reading `steady` on it is `time` or later. Jumps, since this does not correct a
  /// clock.
  package mutating func goOn(from time: Int64, at steady: Int64) {
    offset = max(offset, time - steady)
  }

  /// From the reading `steady` on it is `time`, which may be earlier; only before the first use.
  package mutating func jump(to time: Int64, at steady: Int64) {
    self = SlewedTime(at: steady, is: time)
  }
}

/// Decides when a difference between clocks is worth a log line: when it appears, grows or is gone.
/// A shrinking difference is already being corrected.
package struct ClockDifference: Sendable {
  /// Clocks that differ by at most this many microseconds agree; etcd's members warn above it.
  package static let tolerance: Int64 = 1_000_000

  /// The smallest difference since the last report; nil while the clocks agree.
  private var reported: Int64?

  package init() {}

  /// What to report of a new difference, in microseconds; nil for nothing.
  package mutating func note(_ difference: Int64) -> Report? {
    // One about as large as the tolerance must not be reported again and again.
    let limit = reported == nil ? Self.tolerance : Self.tolerance / 2
    guard difference.magnitude > UInt64(limit) else {
      defer { reported = nil }
      return reported == nil ? nil : .agree
    }
    if let reported, (reported < 0) == (difference < 0) {
      self.reported = reported < 0 ? max(reported, difference) : min(reported, difference)
      if difference.magnitude <= reported.magnitude + UInt64(Self.tolerance) { return nil }
    }
    reported = difference
    return .differ
  }

  /// What to log: that the two clocks have begun to differ, or that they agree again.
  package enum Report: Sendable {
    case differ, agree
  }
}
