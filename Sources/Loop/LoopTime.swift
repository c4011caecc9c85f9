internal import Platform

/// A loop's time, in whole seconds: as exact as connection deadlines and the Date header need.
public struct LoopTime: Equatable, Sendable {
  /// Seconds on a clock that never goes back; its zero means nothing.
  public var uptime: UInt32
  /// Seconds since 1970-01-01 00:00:00 UTC, by the wall clock.
  public var wall: Int

  public init(uptime: UInt32, wall: Int) {
    self.uptime = uptime
    self.wall = wall
  }

  /// The system's time; cheap, it may lag by some milliseconds.
  @Sendable public static func now() -> LoopTime {
    let (uptime, wall) = Platform.coarseSeconds()
    return LoopTime(uptime: UInt32(truncatingIfNeeded: uptime), wall: wall)
  }
}
