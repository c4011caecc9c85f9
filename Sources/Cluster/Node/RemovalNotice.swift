import Synchronization

/// Tells whoever waits for it that this node was removed from the cluster.
final class RemovalNotice: Sendable {
  private let state = Atomic(false)
  private let signal = Signal()

  var isNoted: Bool { state.load(ordering: .relaxed) }

  /// True the first time.
  func note() -> Bool {
    let isFirst = state.compareExchange(
      expected: false, desired: true, ordering: .relaxed
    ).exchanged
    if isFirst { signal.raise() }
    return isFirst
  }

  /// Returns when it was removed, or the task is cancelled. One task waits.
  func wait() async { await signal.wait() }
}
