public import Store

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Wall-clock time that does not jump: the system's clock is read once, and what has passed since is
/// measured by a clock that nobody sets.
///
/// An operator or NTP may set the wall clock back or forward while the server runs; keys with a time
/// to live must neither vanish at once for that nor live for ever. The continuous clock goes on while
/// the machine sleeps, as time does.
public struct SteadyTime: TimeSource {
  private let start: ContinuousClock.Instant
  private let timeAtStart: Timestamp

  /// Reads the system's clock.
  public init() {
    start = .now
    var wall = timespec()
    // It cannot fail: the clock is always there and the address is good.
    clock_gettime(CLOCK_REALTIME, &wall)
    timeAtStart = Timestamp(
      microseconds: Int64(wall.tv_sec) * 1_000_000 + Int64(wall.tv_nsec) / 1_000)
  }

  public var now: Timestamp {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Timestamp(
      microseconds: timeAtStart.microseconds + seconds * 1_000_000
        + attoseconds / 1_000_000_000_000)
  }
}
