import Store

// Who leads next (dissertation, section 3.10).

/// A leadership on its way.
struct Transfer: Hashable, Sendable {
  var target: NodeID
  /// The tick at which the leader gives up.
  var deadline: UInt64
  var isAsked = false
}

extension RaftCore {
  /// Hands leadership to a voter, by default to the one with the longest log. Proposals are refused
  /// until that has happened, or until an election timeout has passed and this node goes on
  /// leading.
  public mutating func transferLeadership(to target: NodeID? = nil) throws(Refusal) {
    if violation != nil { throw .stopped }
    guard let leadership, leadership.leave == nil else { throw .notLeader(leader: leader) }
    guard let target = target ?? bestSuccessor,
      peers.contains(where: { $0.id == target && $0.counts })
    else { throw .pointlessChange }
    self.leadership?.transfer = Transfer(
      target: target, deadline: now + UInt64(options.electionTicks))
  }

  /// Gives up leadership at once, for a node that can no longer write. The voter with the longest
  /// log is asked to campaign.
  public mutating func resign() {
    guard violation == nil, role == .leader else { return }
    if let next = bestSuccessor { sendNow(.timeoutNow, to: next) }
    becomeFollower(term: term, leader: nil)
  }

  /// The voter heard of lately whose log is the longest.
  var bestSuccessor: NodeID? {
    var best: Progress?
    for peer in peers where peer.counts && isActive(peer) {
      if peer.matchIndex > best?.matchIndex ?? .zero { best = peer }
    }
    return best?.id
  }

  /// Asks the target to campaign as soon as it has everything.
  mutating func advanceTransfer() {
    guard let transfer = leadership?.transfer, !transfer.isAsked, leadership?.leave == nil,
      let peer = peers.first(where: { $0.id == transfer.target }),
      peer.matchIndex == log.lastIndex
    else { return }
    leadership?.transfer?.isAsked = true
    sendNow(.timeoutNow, to: transfer.target)
  }

  /// The leader asked this node to take over: no pre-vote, for its own leader would deny it.
  mutating func campaignNow(askedBy sender: NodeID) {
    guard role == .follower, leader == sender || leader == nil, canCampaign else { return }
    becomeCandidate(isTransfer: true)
  }
}
