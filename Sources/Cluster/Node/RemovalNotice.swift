import Synchronization

/// Tells whoever waits for it that this node was removed from the cluster.
final class RemovalNotice: Sendable {
  private let isNoted = Atomic(false)
  private let signal = Signal()

  /// True the first time.
  func note() -> Bool {
    let isFirst = isNoted.compareExchange(
      expected: false, desired: true, ordering: .relaxed
    ).exchanged
    if isFirst { signal.raise() }
    return isFirst
  }

  /// Returns when it was removed, or the task is cancelled. One task waits.
  func wait() async { await signal.wait() }
}
