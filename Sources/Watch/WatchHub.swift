public import Store
import Synchronization

/// The place where watchers wait, and from which they are told what happens in a store.
///
/// Two halves (the shape of swift-async-algorithms' channels): the *machine*, under a lock, decides
/// which watcher is told what; the *storage*, here, resumes the waiting tasks after the lock.
/// The store never waits for a watcher: one that does not fetch its events in time loses its place.
///
///     apply, under the store's lock:   record(event)   the machine notes who is concerned
///     apply, after it:                 deliver()       their tasks are resumed
public final class WatchHub: StoreObserver {
  /// How many events may wait for one streaming reader; etcd's number.
  public static let backlogLimit = 100
  /// The most bytes those events may keep in use, unless there is only one.
  public static let backlogByteLimit = 16 << 20

  private let machine = Mutex(WatchMachine())

  /// A hub that hears of every event in `store` from now on.
  public init(observing store: KeyValueStore) { store.observe(self) }

  /// Begins a watch.
  /// - Throws: ``WatchError/cleared(oldest:)`` if it would begin with events that are no longer
  ///   known; ``WatchError/stopped`` once the hub is closed.
  public func watch(_ request: WatchRequest) throws(WatchError) -> Watch {
    let watcher = Watcher(request)
    let result = machine.withLock { machine in
      Result { () throws(WatchError) in try machine.add(watcher) }
    }
    return Watch(watcher, in: self, at: try result.get())
  }

  /// The number of watches, whether or not a task waits in them.
  public var count: Int { machine.withLock { $0.count } }

  /// Ends every watch, and refuses new ones: the server stops.
  public func close() {
    machine.withLock { $0.close() }
    deliver()
  }

  public func record(_ event: Event) { machine.withLock { $0.record(event) } }

  public func recordStart(at index: StoreIndex) { machine.withLock { $0.start(at: index) } }

  /// The events remembered now.
  var history: EventHistory { machine.withLock { $0.history } }

  /// The latest events, at most `count`, oldest first. Costs one step per event returned.
  package func latestEvents(_ count: Int) -> [Event] {
    machine.withLock { $0.history.latest(count) }
  }

  /// Sets the history for the store's next start, from a snapshot.
  func restoreNext(_ history: EventHistory) { machine.withLock { $0.restoreNext(history) } }

  public func deliver() {
    let resumptions = machine.withLock { $0.takeResumptions() }
    for (continuation, result) in resumptions { continuation.resume(returning: result) }
  }

  func wait(_ watcher: Watcher, _ continuation: Watcher.Continuation) {
    machine.withLock { $0.wait(watcher, continuation) }
    deliver()
  }

  func cancel(_ watcher: Watcher) {
    machine.withLock { $0.end(watcher, .cancelled) }
    deliver()
  }

  func remove(_ watcher: Watcher) { machine.withLock { $0.remove(watcher) } }
}
