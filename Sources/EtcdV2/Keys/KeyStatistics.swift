internal import Store
internal import Synchronization

/// What was done with keys, and how often, for `/v2/stats/store`.
///
/// What succeeded is counted where it is applied, so on every replica; what was read or refused,
/// where it was asked.
final class KeyStatistics: StoreObserver {
  let getSuccesses = Atomic(0)
  let getFailures = Atomic(0)
  let setSuccesses = Atomic(0)
  let setFailures = Atomic(0)
  let deleteSuccesses = Atomic(0)
  let deleteFailures = Atomic(0)
  let updateSuccesses = Atomic(0)
  let updateFailures = Atomic(0)
  let createSuccesses = Atomic(0)
  let createFailures = Atomic(0)
  let compareAndSwapSuccesses = Atomic(0)
  let compareAndSwapFailures = Atomic(0)
  let compareAndDeleteSuccesses = Atomic(0)
  let compareAndDeleteFailures = Atomic(0)
  let expirations = Atomic(0)

  func record(_ event: Event) {
    switch event.action {
    case .set: setSuccesses.increment()
    case .create: createSuccesses.increment()
    case .update: updateSuccesses.increment()
    case .compareAndSwap: compareAndSwapSuccesses.increment()
    case .delete: deleteSuccesses.increment()
    case .compareAndDelete: compareAndDeleteSuccesses.increment()
    case .expire: expirations.increment()
    }
  }

  func deliver() {}
  func recordStart(at index: StoreIndex) {}

  /// Counts a refused command as etcd does, which takes some refusals for successes: of a
  /// compare-and-delete that got as far as comparing, of an update of a directory's value, of a
  /// change of the root.
  func count(_ command: any Command, refusedBy error: StoreError) {
    switch command {
    case is SetKey: setFailures.increment()
    case is CreateKey:
      if case .notADirectory = error { setFailures.increment() }
      createFailures.increment()
    case is UpdateKey:
      switch error {
      case .notAFile, .rootIsReadOnly: updateSuccesses.increment()
      default: updateFailures.increment()
      }
    case is CompareAndSwap:
      if error == .rootIsReadOnly {
        compareAndSwapSuccesses.increment()
      } else {
        compareAndSwapFailures.increment()
      }
    case is CompareAndDelete:
      switch error {
      case .compareFailed, .notAFile: compareAndDeleteSuccesses.increment()
      default: compareAndDeleteFailures.increment()
      }
    case is RemoveKey:
      if error == .rootIsReadOnly {
        deleteSuccesses.increment()
      } else {
        deleteFailures.increment()
      }
    default: break
    }
  }
}

extension Atomic<Int> {
  borrowing func increment() { add(1, ordering: .relaxed) }
}
