import Store

/// Decides which watcher is told of which event. It resumes no task: the holder of the lock takes
/// the resumptions and performs them after releasing it.
struct WatchMachine: ~Copyable {
  typealias Resumption = (continuation: Watcher.Continuation, result: Result<Event, WatchError>)

  private(set) var history = EventHistory(after: .zero)
  /// The past of the state that the store is about to hold.
  private var nextHistory: EventHistory?
  private var tree = WatchTree()
  private var resumptions: [Resumption] = []
  private var storeIndex = StoreIndex.zero
  private var isClosed = false
  private(set) var count = 0

  /// Lets a watcher in, and returns where the store stands.
  ///
  /// One that wants the past finds it in its backlog: a stream all of it, another the first event,
  /// and then it is not even let in.
  mutating func add(_ watcher: Watcher) throws(WatchError) -> StoreIndex {
    if isClosed { throw .stopped }
    let request = watcher.request
    if let from = request.from, from <= storeIndex {
      let past = try history.events(
        from: from, at: request.path, isRecursive: request.isRecursive)
      for event in request.isStream ? past[...] : past.prefix(1) { watcher.append(event) }
      if !request.isStream && !past.isEmpty { return storeIndex }
    }
    tree.insert(watcher)
    count += 1
    return storeIndex
  }

  /// Notes the event and the watchers it concerns.
  mutating func record(_ event: Event) {
    storeIndex = event.index
    if event.isSilent { return }
    history.append(event)
    if count == 0 { return }
    var told = event
    // What was removed must not stay in memory until the slowest client has read of it.
    told.removedDirectory = nil
    for watcher in tree.concerned(by: event) { tell(watcher, told) }
  }

  private mutating func tell(_ watcher: Watcher, _ event: Event) {
    if let from = watcher.request.from, event.index < from { return }
    if let continuation = watcher.continuation {
      watcher.continuation = nil
      resumptions.append((continuation, .success(event)))
    } else if watcher.hasRoom(for: event) || !watcher.request.isStream {
      watcher.append(event)
    } else {
      end(watcher, .overflowed)
      return
    }
    if !watcher.request.isStream { remove(watcher) }
  }

  /// Hands the watcher's next event to `continuation`, or keeps it until there is one.
  mutating func wait(_ watcher: Watcher, _ continuation: Watcher.Continuation) {
    precondition(watcher.continuation == nil, "one task at a time waits in a watch")
    if let event = watcher.popFirst() {
      resumptions.append((continuation, .success(event)))
    } else if let end = watcher.end {
      resumptions.append((continuation, .failure(end)))
    } else {
      watcher.continuation = continuation
    }
  }

  /// Ends a watch: what is in its backlog can still be fetched, then comes `reason`.
  mutating func end(_ watcher: Watcher, _ reason: WatchError) {
    if watcher.end == nil { watcher.end = reason }
    if let continuation = watcher.continuation {
      watcher.continuation = nil
      resumptions.append((continuation, .failure(reason)))
    }
    remove(watcher)
  }

  /// Lets a watcher out; it is told nothing more.
  mutating func remove(_ watcher: Watcher) {
    guard watcher.node != nil else { return }
    tree.remove(watcher)
    count -= 1
  }

  mutating func close() {
    isClosed = true
    for watcher in tree.all { end(watcher, .stopped) }
  }

  /// The next ``start(at:)`` goes with this past.
  mutating func restoreNext(_ history: EventHistory) { nextHistory = history }

  /// The store stands at `index`; of what lies before nothing is known but what was restored.
  mutating func start(at index: StoreIndex) {
    history = nextHistory.take() ?? EventHistory(after: index)
    storeIndex = index
    for watcher in tree.all { end(watcher, .interrupted) }
  }

  mutating func takeResumptions() -> [Resumption] {
    defer { resumptions = [] }
    return resumptions
  }
}
