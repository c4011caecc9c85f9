import Synchronization

/// Lets tasks wait until somebody opens it; a cancelled task does not wait.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var next = 0
    var cancelled: Set<Int> = []
  }
  private let state = Mutex(State())

  /// How many tasks wait.
  var waiting: Int { state.withLock { $0.waiting.count } }

  func open() {
    let all = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in all { continuation.resume() }
  }

  func wait() async {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let passes = state.withLock { state in
          if state.isOpen || state.cancelled.contains(number) { return true }
          state.waiting[number] = continuation
          return false
        }
        if passes { continuation.resume() }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.cancelled.insert(number)
        return state.waiting.removeValue(forKey: number)
      }
      continuation?.resume()
    }
  }
}
