import Store

// What watchers are told: at every node the same, none of it left out.

extension ReplicaSchedule {
  /// A watch of everything at one node, in the place of the hub.
  // Sendable since a run has one thread.
  final class Watcher: StoreObserver, @unchecked Sendable {
    /// The last event it knows of; nil before it is told where the store begins.
    private(set) var last: StoreIndex?
    /// What was recorded and not told yet.
    private var recorded: [Event] = []
    /// What was told since it was last asked.
    private var told: [Event] = []
    /// An event that came out of its order.
    private(set) var misplaced: StoreIndex?

    var hasUntold: Bool { !recorded.isEmpty }

    func record(_ event: Event) {
      if let last, event.index != last.next { misplaced = event.index }
      last = event.index
      recorded.append(event)
    }

    func recordStart(at index: StoreIndex) { last = index }

    func deliver() {
      told += recorded
      recorded = []
    }

    func takeTold() -> [Event] {
      defer { told = [] }
      return told
    }
  }

  /// What a node has applied in a turn its watchers have been told, and what they were told the
  /// watchers at other nodes are told as well.
  func checkTold(by node: VirtualNode) throws {
    let watcher = node.watcher
    if let index = watcher.misplaced {
      throw failure(.sameEvents, "\(node.name) has event \(index) out of its order")
    }
    if watcher.hasUntold {
      throw failure(.sameEvents, "\(node.name) does not tell its watchers what has happened")
    }
    for event in watcher.takeTold() {
      guard let first = events.updateValue(event, forKey: event.index) else { continue }
      counts["events compared", default: 0] += 1
      let isSame =
        first.action == event.action && first.path == event.path && first.node == event.node
        && first.previous == event.previous && first.isSilent == event.isSilent
      if !isSame {
        throw failure(
          .sameEvents, "\(node.name) tells of \(event) where another node told of \(first)")
      }
    }
  }
}
