internal import Store

extension RestoredState {
  /// Commits what `id` holds and no other node has a say in.
  ///
  /// The commit index on the disk lags behind. Usually a leader's next entry brings it up, which
  /// has to be written first. A sole voter need not wait for that: what it holds durably is on a
  /// majority of the voters, and no node that lacks it can be elected, since that would take this
  /// node's vote. So a node that is on its own serves its whole log at once, even when its disk is
  /// full.
  ///
  /// The rule ends at the entry that brings another voter into force.
  public mutating func commitOwn(of id: NodeID) {
    var membership = snapshot.membership
    for entry in entries where entry.index > snapshot.position.index {
      if entry.index > hardState.commitIndex {
        guard membership.voters == [id] else { return }
        hardState.commitIndex = entry.index
      }
      if case .membership(let new) = entry.kind { membership = new }
    }
  }
}
