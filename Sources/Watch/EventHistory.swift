package import Store

/// The latest events, so that a watcher that was away for a moment misses none.
///
/// A ring: the newest event takes the oldest one's place once there are ``capacity``.
package struct EventHistory {
  /// How many events are remembered; etcd's number.
  package static let capacity = 1_000

  private var ring: [Event] = []
  private var oldest = 0
  private let capacity: Int

  /// Every event with this index or a later one is known, unless it was silent.
  package private(set) var knownFrom: StoreIndex

  /// A history of a store that stands at `index`, of whose past nothing is known.
  package init(after index: StoreIndex, capacity: Int = EventHistory.capacity) {
    knownFrom = index.next
    self.capacity = capacity
  }

  /// Adds the event that follows all others.
  package mutating func append(_ event: Event) {
    var event = event
    // What was removed must not stay in memory for as long as its event is remembered.
    event.removedDirectory = nil
    guard ring.count == capacity else {
      ring.append(event)
      return
    }
    knownFrom = ring[oldest].index.next
    ring[oldest] = event
    oldest = (oldest + 1) % capacity
  }

  /// The events from `index` on that a watcher of `path` would have been told of, oldest first.
  ///
  /// Unlike live ones they include those of hidden names, as etcd has it. Costs a step an event
  /// from `index` on.
  /// - Throws: ``WatchError/cleared(oldest:)`` when some of them are no longer known.
  package func events(
    from index: StoreIndex, at path: Path, isRecursive: Bool
  ) throws(WatchError) -> [Event] {
    if index < knownFrom { throw .cleared(oldest: ring.isEmpty ? knownFrom : ring[oldest].index) }
    var found: [Event] = []
    var position = firstPosition(from: index)
    while position < ring.count {
      let event = ring[(oldest + position) % ring.count]
      if event.concerns(path, isRecursive: isRecursive) { found.append(event) }
      position += 1
    }
    return found
  }

  /// How many events lie before `index`, by halving.
  private func firstPosition(from index: StoreIndex) -> Int {
    var low = 0
    var high = ring.count
    while low < high {
      let middle = (low + high) / 2
      if ring[(oldest + middle) % ring.count].index < index {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

extension Event {
  /// Whether a watcher of `watched` is to hear of this event: it is the key's own, or one beneath
  /// (if that was asked for), or the removal of a directory that the key is in.
  fileprivate func concerns(_ watched: Path, isRecursive: Bool) -> Bool {
    path == watched
      || isRecursive && path.isWithin(watched)
      || node == nil && previous?.isDirectory == true && watched.isWithin(path)
  }
}
