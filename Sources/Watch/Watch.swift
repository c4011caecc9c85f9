public import Store

/// Why there are no more events.
public enum WatchError: Error, Hashable, Sendable {
  /// Events from the wanted index on are no longer all known; `oldest` is the first that is.
  case cleared(oldest: StoreIndex)
  /// The reader was too slow: more events, or larger ones, waited for it than are kept.
  case overflowed
  /// The store was replaced by a snapshot, so that events are missing.
  case interrupted
  /// The server stops.
  case stopped
  /// The task that waited was cancelled: the client has gone, or its time is up.
  case cancelled
}

/// What to watch.
public struct WatchRequest: Sendable {
  public var path: Path
  /// Whether events beneath the path count too.
  public var isRecursive: Bool
  /// The first index that is wanted, past or future; nil for whatever comes next.
  public var from: StoreIndex?
  /// Whether events after the first are wanted.
  public var isStream: Bool

  public init(
    _ path: Path, isRecursive: Bool = false, from: StoreIndex? = nil, isStream: Bool = false
  ) {
    self.path = path
    self.isRecursive = isRecursive
    self.from = from
    self.isStream = isStream
  }
}

/// One client's wait for events. It ends with its last reference.
///
/// One task at a time may wait in ``next()``.
public final class Watch: Sendable {
  private let hub: WatchHub
  let watcher: Watcher
  /// Where the store stood when the watch began.
  public let storeIndex: StoreIndex

  init(_ watcher: Watcher, in hub: WatchHub, at storeIndex: StoreIndex) {
    self.watcher = watcher
    self.hub = hub
    self.storeIndex = storeIndex
  }

  deinit { hub.remove(watcher) }

  /// The next event, in index order, none left out. One that is not a stream has only one.
  public func next() async throws(WatchError) -> Event {
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in hub.wait(watcher, continuation) }
    } onCancel: {
      hub.cancel(watcher)
    }
    return try result.get()
  }
}

/// A watch as the hub keeps it; everything that changes is under the hub's lock.
// Sendable by that lock.
final class Watcher: @unchecked Sendable {
  typealias Continuation = UnsafeContinuation<Result<Event, WatchError>, Never>

  let request: WatchRequest
  /// Events that were decided on and not fetched yet, oldest first.
  private(set) var backlog: ArraySlice<Event> = []
  /// How many bytes they keep in use.
  private(set) var backlogBytes = 0
  /// The task that waits for the next event; while it waits, the backlog is empty.
  var continuation: Continuation?
  /// Why nothing more will be added to the backlog.
  var end: WatchError?
  /// Where it hangs in the tree of watchers, and at which place; nil when it is not in it.
  unowned(unsafe) var node: WatchNode?
  var slot = 0

  init(_ request: WatchRequest) { self.request = request }

  /// Whether another event may wait as well.
  func hasRoom(for event: Event) -> Bool {
    if backlog.isEmpty { return true }
    return backlog.count < WatchHub.backlogLimit
      && backlogBytes + event.heldBytes <= WatchHub.backlogByteLimit
  }

  func append(_ event: Event) {
    backlog.append(event)
    backlogBytes += event.heldBytes
  }

  func popFirst() -> Event? {
    guard let event = backlog.popFirst() else { return nil }
    backlogBytes -= event.heldBytes
    return event
  }
}
