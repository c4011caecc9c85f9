import Store

/// Which proposal waits for which position of the log, in ascending order of indexes.
///
/// A proposal is settled when something is committed at its index: it took place if that is its own
/// entry, and never will if it is another term's. Before, its fate is open, however often the entry
/// was cut off this node's log: some other node may still have it and spread it.
struct Waiters: Hashable, Sendable {
  private struct Waiter: Hashable, Sendable {
    var position: LogPosition
    var id: ProposalID
  }

  private var waiters: [Waiter] = []
  /// How many at the beginning are settled; they are dropped in bulk, so that each costs O(1).
  private var settledCount = 0

  /// Almost always at the end: only after a change of leaders can an index be named again.
  mutating func insert(_ id: ProposalID, at position: LogPosition) {
    var place = waiters.endIndex
    while place > settledCount, waiters[place - 1].position.index > position.index { place -= 1 }
    waiters.insert(Waiter(position: position, id: id), at: place)
  }

  /// An entry is committed: who waited for it, and who waited in vain for its index.
  mutating func settle(_ position: LogPosition) -> (id: ProposalID?, lost: [ProposalID]) {
    var id: ProposalID?
    var lost: [ProposalID] = []
    while let next = next, next.position.index <= position.index {
      if next.position == position { id = next.id } else { lost.append(next.id) }
      settledCount += 1
    }
    dropSettled()
    return (id, lost)
  }

  /// Gives up all that wait for an index up to this one.
  mutating func abandon(through index: LogIndex) -> [ProposalID] {
    var abandoned: [ProposalID] = []
    while let next = next, next.position.index <= index {
      abandoned.append(next.id)
      settledCount += 1
    }
    dropSettled()
    return abandoned
  }

  private var next: Waiter? { settledCount < waiters.count ? waiters[settledCount] : nil }

  private mutating func dropSettled() {
    guard settledCount * 2 >= waiters.count else { return }
    waiters.removeFirst(settledCount)
    settledCount = 0
  }
}
