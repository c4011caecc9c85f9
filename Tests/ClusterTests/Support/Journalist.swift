import Synchronization

/// Collects the lines nodes log, and waits for one: an event of the cluster as something to await.
final class Journalist: Sendable {
  private struct Waiter {
    let matches: @Sendable (String) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var lines: [String] = []
    var waiters: [Waiter] = []
  }

  private let state = Mutex(State())

  func write(_ line: String) {
    let resumed = state.withLock { state in
      state.lines.append(line)
      let resumed = state.waiters.filter { $0.matches(line) }
      state.waiters.removeAll { $0.matches(line) }
      return resumed
    }
    for waiter in resumed { waiter.continuation.resume() }
  }

  /// Returns when a line was written, before or after the call, that has all these words.
  func wait(for words: String...) async {
    let matches: @Sendable (String) -> Bool = { line in
      words.allSatisfy { word in line.split(separator: " ").contains { $0 == word } }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isThere = state.withLock { state in
          if state.lines.contains(where: matches) { return true }
          state.waiters.append(Waiter(matches: matches, continuation: continuation))
          return false
        }
        if isThere { continuation.resume() }
      }
    } onCancel: {
      write(words.joined(separator: " "))
    }
  }

  var lines: [String] { state.withLock { $0.lines } }
}
