import Synchronization

/// Wakes one waiting task, however often it is raised before.
package final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var waiter: UnsafeContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// From any thread.
  package func raise() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      state.isRaised = state.waiter == nil
      return state.waiter
    }
    waiter?.resume()
  }

  /// Returns when it has been raised since the last time, or the task is cancelled. One task waits.
  package func wait() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isRaised = state.withLock { state in
          defer { state.isRaised = false }
          if !state.isRaised { state.waiter = continuation }
          return state.isRaised
        }
        if isRaised { continuation.resume() }
      }
    } onCancel: {
      raise()
    }
  }
}
