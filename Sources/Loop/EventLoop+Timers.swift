internal import Synchronization

extension EventLoop {
  /// Returns at `deadline`, or up to some milliseconds later, or when the task is cancelled. Only
  /// on the loop.
  func sleep(until deadline: ContinuousClock.Instant) async {
    assert(isCurrent)
    let timer = Timers<UnsafeContinuation<Void, Never>>.Timer(deadline: deadline)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if !timers.withLock({ $0.add(timer, continuation) }) { continuation.resume() }
      }
    } onCancel: {
      timers.withLock { $0.cancel(timer) }?.resume()
    }
  }

  /// How many tasks sleep on this loop. From any thread.
  package var sleeperCount: Int { timers.withLock { $0.count } }

  // MARK: For the loop's thread

  /// Until the next deadline; -1 when there is none.
  var longestWait: Int32 {
    let second: Int32 = hasDeadlines ? 1000 : -1
    guard let earliest = timers.withLock({ $0.earliest }) else { return second }
    let rest = (earliest - .now).roundedUpToMilliseconds
    return hasDeadlines ? min(second, rest) : rest
  }

  /// Makes those ready whose time has come.
  func wakeSleepers() {
    if timers.withLock({ $0.count }) == 0 { return }
    let now = ContinuousClock.now
    while let sleeper = timers.withLock({ $0.takeDue(at: now) }) { sleeper.resume() }
  }
}
