package import Store

/// The latest events, so that a watcher that was away for a moment misses none.
///
/// A ring: the newest event takes the oldest one's place once there are ``capacity``. Events of
/// large values would fill the memory long before that, so ``byteLimit`` bounds the bytes as well:
/// the oldest events are removed until the newest has room. To a watcher it makes no difference why
/// an event is no longer known.
package struct EventHistory {
  /// How many events are remembered; etcd's number.
  package static let capacity = 1_000
  /// How many bytes the remembered events may take: room for a thousand of 64 KiB.
  package static let byteLimit = 64 << 20

  private var ring: [Event?]
  /// Where the oldest event is in the ring.
  private var oldest = 0
  private var count = 0
  private var bytes = 0
  private let byteLimit: Int

  /// Every event with this index or a later one is known, unless it was silent.
  package private(set) var knownFrom: StoreIndex

  /// The history of a store at `index` whose past is unknown.
  package init(
    after index: StoreIndex, capacity: Int = EventHistory.capacity,
    byteLimit: Int = EventHistory.byteLimit
  ) {
    knownFrom = index.next
    ring = Array(repeating: nil, count: capacity)
    self.byteLimit = byteLimit
  }

  /// Adds the event that follows all others.
  package mutating func append(_ event: Event) {
    let size = event.heldBytes
    while count > 0, count == ring.count || bytes + size > byteLimit { removeOldest() }
    guard size <= byteLimit else {
      knownFrom = event.index.next
      return
    }
    let place = (oldest + count) % ring.count
    ring[place] = event
    // A removed value must not stay in memory for as long as its event is remembered.
    if event.removedDirectory != nil { ring[place]?.removedDirectory = nil }
    count += 1
    bytes += size
  }

  /// What is remembered, oldest first.
  var events: [Event] {
    (0..<count).compactMap { ring[(oldest + $0) % ring.count] }
  }

  /// The latest events, at most `limit`, oldest first.
  package func latest(_ limit: Int) -> [Event] {
    (max(0, count - limit)..<count).compactMap { ring[(oldest + $0) % ring.count] }
  }

  private mutating func removeOldest() {
    guard let event = ring[oldest].take() else { return }
    oldest = (oldest + 1) % ring.count
    count -= 1
    bytes -= event.heldBytes
    knownFrom = event.index.next
  }

  /// The events from `index` on that a watcher of `path` would have been told of, oldest first.
  ///
  /// Unlike live events, they include those of hidden names, as in etcd. Costs one step per event
  /// from `index` on.
  /// - Throws: ``WatchError/cleared(oldest:)`` if some of them are no longer known.
  package func events(
    from index: StoreIndex, at path: Path, isRecursive: Bool
  ) throws(WatchError) -> [Event] {
    if index < knownFrom { throw .cleared(oldest: ring[oldest]?.index ?? knownFrom) }
    var found: [Event] = []
    for position in firstPosition(from: index)..<count {
      guard let event = ring[(oldest + position) % ring.count] else { continue }
      if event.concerns(path, isRecursive: isRecursive) { found.append(event) }
    }
    return found
  }

  /// The number of events before `index`, by binary search.
  private func firstPosition(from index: StoreIndex) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if let event = ring[(oldest + middle) % ring.count], event.index < index {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

extension Event {
  /// About how many bytes of memory it keeps in use. The previous value counts as well, although
  /// the event before may share it.
  var heldBytes: Int {
    256 + path.bytes.count + (node?.value?.count ?? 0) + (previous?.value?.count ?? 0)
  }

  /// Whether a watcher of `watched` is to hear of this event: it is the key's own, or one beneath
  /// (if that was asked for), or the removal of a directory that the key is in.
  fileprivate func concerns(_ watched: Path, isRecursive: Bool) -> Bool {
    path == watched
      || isRecursive && path.isWithin(watched)
      || node == nil && previous?.isDirectory == true && watched.isWithin(path)
  }
}
