import Store

// When an entry can no longer be lost (paper, sections 5.3 and 5.4.2).

extension RaftCore {
  /// Commits what a majority holds durably, if the last of it is of the leader's own term: an older
  /// entry can stand on a majority and still be overwritten (paper, figure 8). It is committed
  /// along with the first entry of this term behind it.
  mutating func advanceCommit() {
    // Again after each step: with a voter less, a majority may already hold more.
    while true {
      let index = LogIndex(
        reachedByQuorum(own: persistence.durableIndex.rawValue) { $0.matchIndex.rawValue })
      guard index > commitIndex, log.term(at: index) == term else { return }
      commit(upTo: index)
    }
  }

  /// Commits up to `index`, which must be in the log and known to be the same everywhere; a smaller
  /// index than before changes nothing. Changes of membership come into force one by one.
  mutating func commit(upTo index: LogIndex) {
    let membershipBefore = membershipIndex
    while commitIndex < index {
      commitIndex = commitIndex + 1
      let entry = log[commitIndex]
      leadership?.uncommittedBytes -= entry.size
      if case .membership(let membership) = entry.kind { comesIntoForce(membership) }
    }
    if membershipIndex != membershipBefore { recountBallots() }
  }

  /// The last committed position; the log is never compacted beyond it.
  var commitPosition: LogPosition {
    LogPosition(index: commitIndex, term: log.term(at: commitIndex) ?? .zero)
  }

  /// Whether this leader has committed an entry of its own term. Before that it cannot know how far
  /// its predecessors had committed.
  var hasCommittedInTerm: Bool { commitPosition.term == term }

  /// The greatest value that a majority of the voters has reached; `own` is this node's.
  func reachedByQuorum(own: UInt64, _ value: (Progress) -> UInt64) -> UInt64 {
    let isVoter = membership.isVoter(id)
    let peers = peers
    var reached: UInt64 = 0
    func consider(_ candidate: UInt64) {
      guard candidate > reached else { return }
      var count = isVoter && own >= candidate ? 1 : 0
      for peer in peers where peer.counts && value(peer) >= candidate { count += 1 }
      if count >= membership.quorum { reached = candidate }
    }
    if isVoter { consider(own) }
    for peer in peers where peer.counts { consider(value(peer)) }
    return reached
  }
}
