#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

// The clock that never goes back, and counts the time the machine sleeps, is Swift's own:
// `ContinuousClock`.

/// Microseconds since 1970-01-01 00:00:00 UTC, by the wall clock.
package func wallClockMicroseconds() -> Int64 {
  let wall = time(by: CLOCK_REALTIME)
  return Int64(wall.tv_sec) * 1_000_000 + Int64(wall.tv_nsec) / 1_000
}

/// The seconds of a clock that never goes back, and of the wall clock; read to the kernel's tick of
/// a few milliseconds where that is cheaper.
package func coarseSeconds() -> (uptime: Int, wall: Int) {
  (time(by: coarseMonotonicClock).tv_sec, time(by: coarseWallClock).tv_sec)
}

/// Has the calling thread sleep, for less than a second.
package func pause(milliseconds: UInt32) {
  usleep(milliseconds * 1000)
}

private func time(by clock: clockid_t) -> timespec {
  var time = timespec()
  // It cannot fail: the clock is always there and the address is good.
  clock_gettime(clock, &time)
  return time
}
