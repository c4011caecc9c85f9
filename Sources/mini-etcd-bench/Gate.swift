internal import Synchronization

/// Holds tasks back until all have come, and then lets them go at once.
///
/// A measurement must not begin while connections are still being opened.
final class Gate: Sendable {
  private struct State {
    var missing: Int
    var waiting: [UnsafeContinuation<ContinuousClock.Instant, Never>] = []
  }
  private let state: Mutex<State>

  /// - Parameter parties: how many tasks must come. Each comes once.
  init(parties: Int) {
    state = Mutex(State(missing: parties))
  }

  /// Comes, and waits for the others.
  ///
  /// - Returns: when the last one came, the same for all.
  @discardableResult
  func pass() async -> ContinuousClock.Instant {
    await withUnsafeContinuation { continuation in
      let released = state.withLock { state in
        state.missing -= 1
        state.waiting.append(continuation)
        return state.missing == 0 ? state.waiting : []
      }
      let now = ContinuousClock.now
      for waiting in released { waiting.resume(returning: now) }
    }
  }
}
