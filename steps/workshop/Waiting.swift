// For judges of code that works while the judge waits: nothing here waits for ever.

import Synchronization

/// How long code may take for what a machine does in milliseconds.
let patience = Duration.seconds(5)

/// Waits until something is so, and ends the judge if it does not come to that.
func waiting(
  for expected: String, seeing seen: @autoclosure () -> String = "nothing of it within \(patience)",
  _ isSo: () -> Bool
) async {
  if await !happens(within: patience, isSo) { broken(expected, seen()) }
}

/// Whether something is so within a time: a short one for what must not happen.
func happens(within limit: Duration = .milliseconds(100), _ isSo: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while !isSo() {
    if ContinuousClock.now >= end { return false }
    try? await Task.sleep(for: .milliseconds(1))
  }
  return true
}

/// What a task comes to, if it ever ends.
final class Later<Value: Sendable>: Sendable {
  private let state = Mutex<Value?>(nil)

  init(_ work: @escaping @Sendable @concurrent () async -> Value) {
    Task {
      let value = await work()
      state.withLock { $0 = value }
    }
  }

  /// nil as long as the task runs.
  var value: Value? { state.withLock { $0 } }
}
