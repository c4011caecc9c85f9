/// What came of one command.
public struct Outcome: Sendable {
  /// What happened, or why nothing did.
  public let result: Result<[Event], StoreError>
  /// The store's index after the command.
  public let storeIndex: StoreIndex

  public init(result: Result<[Event], StoreError>, storeIndex: StoreIndex) {
    self.result = result
    self.storeIndex = storeIndex
  }
}

/// What a log of commands is applied to: the same log gives the same state, always and everywhere.
///
/// No clock, no randomness, no I/O: time and ids arrive inside commands.
public protocol StateMachine: Sendable {
  /// Applies the command that stands at `index`, which must be the one after the last applied.
  ///
  /// Called by one thread at a time: the owner of the log.
  func apply(_ command: any Command, at index: LogIndex) -> Outcome

  /// The state as it stands, in time that does not depend on its size. It can be read at leisure,
  /// on any thread, while commands go on being applied.
  func snapshot() -> StoreSnapshot

  /// Replaces the state by a tree loaded from a snapshot, which reflects the log up to `applied`.
  func restore(_ space: consuming KeySpace, applied: LogIndex)
}

/// Is told what happens in a store, event by event, in index order.
///
/// On every replica, because it is told from inside apply: watchers on a follower fire too.
public protocol StoreObserver: AnyObject, Sendable {
  /// Takes note of the event. Called under the store's lock, so it may neither call the store nor
  /// resume anybody: it decides who is concerned, and leaves the telling to ``deliver()``.
  func record(_ event: Event)

  /// Tells those concerned by what was recorded. Called after the lock is released, perhaps by
  /// several threads at once.
  func deliver()

  /// The store stands at `index`, and how it came there is not known: when observing begins, and
  /// whenever the store is replaced by a snapshot. Called under the lock; ``deliver()`` follows.
  func recordStart(at index: StoreIndex)
}
