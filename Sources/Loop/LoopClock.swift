/// The system's clock, with its sleepers kept by the event loop they run on.
///
/// A sleep costs two uncontended locks, and a cancelled sleep leaves nothing behind.
/// (`ContinuousClock` sleeps by way of other threads, and keeps what was cancelled until its time
/// would have come: with a deadline around every request that is most of the work, and half a
/// minute of memory.)
public struct LoopClock: Clock {
  public typealias Instant = ContinuousClock.Instant

  public init() {}

  public var now: Instant { .now }

  /// A loop waits for whole milliseconds.
  public var minimumResolution: Duration { .milliseconds(1) }

  /// Returns at `deadline`, or up to some milliseconds later. On an event loop; elsewhere it is the
  /// system's own sleep.
  /// - Throws: `CancellationError`, at once, when the task is cancelled.
  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    guard let loop = EventLoop.current else {
      return try await ContinuousClock().sleep(until: deadline, tolerance: tolerance)
    }
    await loop.sleep(until: deadline)
    try Task.checkCancellation()
  }
}
