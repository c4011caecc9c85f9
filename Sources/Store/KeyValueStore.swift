import Synchronization

/// The store: one tree behind one lock.
///
/// Reads and writes hold the lock for the one descent they need; anything slow (encoding a
/// response, listing a directory, writing a snapshot) happens outside, on nodes that no longer
/// change:
///
///     get file  ->  the File itself: files are never changed, only replaced
///     get dir   ->  the current Directory; from now on writes copy what it shows
///     snapshot  ->  the root, in the same way
///
/// Observers are told under the lock, so in index order, and do their work after it.
public final class KeyValueStore: StateMachine {
  private struct State: ~Copyable {
    var space = KeySpace()
    var applied = LogIndex.zero
    var observers: [any StoreObserver] = []
    /// Whether they have recorded events and were not yet let do their work.
    var hasNews = false
  }

  private let state = Mutex(State())

  public init() {}

  /// The node at a path, and the store's index at that moment.
  public struct Reading: Sendable {
    public let node: TreeNode
    public let storeIndex: StoreIndex
  }

  /// Why nothing was read, and the store's index at that moment.
  public struct Missing: Error {
    public let error: StoreError
    public let storeIndex: StoreIndex
  }

  /// The node at `path`, in O(depth · log siblings).
  /// - Throws: ``Missing`` with `keyNotFound`, or with `notADirectory` if a file is in the way.
  public func get(_ path: Path) throws(Missing) -> Reading {
    let (result, index) = state.withLock { state in
      (state.space.freeze(path), state.space.index)
    }
    switch result {
    case .success(let node): return Reading(node: node, storeIndex: index)
    case .failure(let error): throw Missing(error: error, storeIndex: index)
    }
  }

  /// The index of the last event.
  public var storeIndex: StoreIndex { state.withLock { $0.space.index } }

  /// The log index of the last applied command.
  public var appliedIndex: LogIndex { state.withLock { $0.applied } }

  /// How many files there are.
  public var fileCount: Int { state.withLock { $0.space.fileCount } }

  /// When the next file or directory expires; nil if none does.
  public var nextExpiration: Timestamp? { state.withLock { $0.space.nextExpiration } }

  /// The newest stamp of a command in the log; nil if there is none.
  ///
  /// Time in the log never goes back: the node that orders the next command stamps it with this
  /// time or a later one, even after a restart or with another clock. See
  /// ``TimeSource/goOn(from:)``.
  public var latestStamp: Timestamp? { state.withLock { $0.space.latestStamp } }

  public func apply(_ command: any Command, at index: LogIndex) -> Outcome {
    applyLocked(command) { state in
      precondition(index == state.applied + 1, "commands are applied in order, none left out")
    }
  }

  /// Notes that `index`, the one after the last applied, holds an entry of the log's own instead of
  /// a command; the tree does not change.
  public func skip(_ index: LogIndex) {
    state.withLock { state in
      precondition(index == state.applied + 1, "entries are applied in order, none left out")
      state.applied = index
    }
  }

  /// Applies a command at the next log index, for a proposer that keeps no log of its own, and has
  /// the observers do their work.
  public func applyNext(_ command: any Command) -> Outcome {
    let outcome = applyLocked(command) { _ in }
    deliver()
    return outcome
  }

  public func deliver() {
    let toDeliver: [any StoreObserver] = state.withLock { state in
      guard state.hasNews else { return [] }
      state.hasNews = false
      return state.observers
    }
    for observer in toDeliver { observer.deliver() }
  }

  private func applyLocked(
    _ command: any Command, check: (borrowing State) -> Void
  ) -> Outcome {
    state.withLock { state in
      check(state)
      state.space.note(command.stampTime)
      state.applied = state.applied + 1
      let before = state.space.index
      let result: Result<[Event], StoreError>
      do throws(StoreError) {
        result = .success(try command.apply(to: &state.space))
      } catch {
        precondition(state.space.index == before, "a refused command has changed nothing")
        result = .failure(error)
      }
      if case .success(let events) = result, !events.isEmpty {
        for observer in state.observers {
          for place in events.indices { observer.record(events[place]) }
        }
        state.hasNews = true
      }
      return Outcome(result: result, storeIndex: state.space.index)
    }
  }

  /// Registers `observer` for all future events, for the lifetime of the store.
  public func observe(_ observer: any StoreObserver) {
    state.withLock { state in
      state.observers.append(observer)
      observer.recordStart(at: state.space.index)
    }
    observer.deliver()
  }

  public func snapshot() -> StoreSnapshot {
    state.withLock { state in
      StoreSnapshot(
        root: state.space.freezeRoot(), storeIndex: state.space.index, appliedIndex: state.applied,
        latestStamp: state.space.latestStamp)
    }
  }

  public func restore(_ space: consuming KeySpace, applied: LogIndex) {
    var space = Optional(space)
    let observers = state.withLock { state in
      if let new = space.take() { state.space = new }
      state.applied = applied
      for observer in state.observers { observer.recordStart(at: state.space.index) }
      return state.observers
    }
    for observer in observers { observer.deliver() }
  }
}
