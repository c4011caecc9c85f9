package import Loop
internal import Synchronization

/// Runs `body` on an event loop of its own.
package func onLoop<Result: Sendable>(
  waiting: Waiting = .queue, clock: ManualClock? = nil,
  _ body: @Sendable @concurrent (EventLoop) async throws -> Result
) async throws -> Result {
  let loop =
    if let clock {
      try EventLoop.start(waiting: waiting) { clock.time }
    } else {
      try EventLoop.start(waiting: waiting)
    }
  defer { loop.shutDown() }
  return try await loop.run { try await body(loop) }
}

/// A clock that moves when told to.
package final class ManualClock: Sendable {
  private let seconds = Mutex(LoopTime(uptime: 1000, wall: 784_111_777))

  package init() {}

  package var time: LoopTime { seconds.withLock { $0 } }

  /// Lets time pass, and the loop see it: its turn ends before this returns.
  package func advance(_ count: Int, on loop: EventLoop) async {
    seconds.withLock {
      $0.uptime += UInt32(count)
      $0.wall += count
    }
    // A turn reads the clock at its end, so what is enqueued after a whole turn runs after that.
    for _ in 0..<2 { await turn(of: loop) }
  }
}

/// Returns when the loop has ended a turn.
package func turn(of loop: EventLoop) async {
  await withUnsafeContinuation { continuation in
    loop.atEndOfTurn { continuation.resume() }
  }
}

/// Returns when `isTrue` says so: looked at each millisecond, for a loop that turned for nothing
/// meanwhile would take the time from what it waits for.
package func until(_ isTrue: () -> Bool) async {
  while !isTrue() { try? await LoopClock().sleep(for: .milliseconds(1)) }
}

/// What `work` fails with, in words; nil if it does not.
package func failure<Result>(of work: () async throws -> Result) async -> String? {
  do {
    _ = try await work()
    return nil
  } catch {
    return "\(error)"
  }
}
