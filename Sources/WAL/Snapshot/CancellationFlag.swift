import Synchronization

/// Tells a thread that what it is doing is no longer needed: a snapshot, when the server stops.
package final class CancellationFlag: Sendable {
  private let flag = Atomic(false)

  /// One that is not set.
  package init() {}

  /// Whether the thread should stop.
  package var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Asks the thread to stop. From any thread.
  package func cancel() { flag.store(true, ordering: .relaxed) }
}
