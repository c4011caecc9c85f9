/// The result of one command.
public struct Outcome: Sendable {
  /// The events, or why there were none.
  public let result: Result<[Event], StoreError>
  /// The store's index after the command.
  public let storeIndex: StoreIndex

  public init(result: Result<[Event], StoreError>, storeIndex: StoreIndex) {
    self.result = result
    self.storeIndex = storeIndex
  }
}

/// Applies a log of commands: the same log gives the same state, always and everywhere.
///
/// No clock, no randomness, no I/O: time and ids arrive inside commands.
public protocol StateMachine: Sendable {
  /// Applies the command at `index`, which must be the index after the last one applied. Observers
  /// note its events at once, and do their work at the next ``deliver()``.
  ///
  /// Called by one thread at a time: the owner of the log.
  func apply(_ command: any Command, at index: LogIndex) -> Outcome

  /// Has the observers do their work for what was applied since the last call.
  ///
  /// Called after the commands' clients were answered: to tell a thousand watchers takes long, and
  /// the client that wrote waits for none of them.
  func deliver()

  /// The current state, in time that does not depend on its size. Any thread may read it while
  /// further commands are applied.
  func snapshot() -> StoreSnapshot

  /// Replaces the state with a tree loaded from a snapshot, which reflects the log up to `applied`.
  func restore(_ space: consuming KeySpace, applied: LogIndex)
}

/// Hears of each event in a store, in index order.
///
/// It hears on every replica, because apply tells it: watchers on a follower fire too.
public protocol StoreObserver: AnyObject, Sendable {
  /// Notes the event. Called under the store's lock, so it must neither call the store nor resume a
  /// task: it decides which watchers are concerned, and leaves telling them to ``deliver()``.
  func record(_ event: Event)

  /// Tells the watchers concerned by the recorded events. Called after the lock is released,
  /// perhaps for several commands together and by several threads at once.
  func deliver()

  /// The store is at `index`, and its earlier events are unknown. Called under the lock when
  /// observing begins, and whenever a snapshot replaces the store; ``deliver()`` follows.
  func recordStart(at index: StoreIndex)
}
