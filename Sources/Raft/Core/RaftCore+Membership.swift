import Store

// Who takes part (dissertation, chapter 4); why it is safe stands at ``Membership``.

extension RaftCore {
  /// Proposes one change. It comes into force, on every node, when that node learns that it is
  /// committed; until then no other is taken.
  ///
  /// - Parameter payload: the caller's own words on the change: an address, a name.
  public mutating func propose(
    _ change: MembershipChange, payload: [UInt8]
  ) throws(Refusal) -> LogPosition {
    try checkProposable()
    guard pendingChangeIndex <= commitIndex else { throw .changePending }
    try check(change)
    let members = membership.applying(change)
    pendingChangeIndex = appendOwn(kind: .membership(members), payload: payload)
    return LogPosition(index: pendingChangeIndex, term: term)
  }

  /// The learners that may be given a vote now.
  public var promotableLearners: [NodeID] {
    guard role == .leader, pendingChangeIndex <= commitIndex else { return [] }
    return peers.filter { !$0.isVoter && canVote($0) }.map(\.id)
  }

  private func check(_ change: MembershipChange) throws(Refusal) {
    let node = change.node
    switch change {
    case .addLearner:
      if membership.contains(node) { throw .pointlessChange }
    case .promote:
      guard membership.isLearner(node) else { throw .pointlessChange }
      guard let peer = peers.first(where: { $0.id == node }), canVote(peer) else {
        throw .notCaughtUp
      }
    case .remove:
      guard membership.contains(node) else { throw .pointlessChange }
      if membership.voters == [node] { throw .pointlessChange }
    }
    guard wouldHaveQuorum(membership.applying(change)) else { throw .wouldLoseQuorum }
  }

  /// Whether its vote would be of use: it has almost everything, and was heard of lately. One that has
  /// never accepted anything may not even be there, however short the log is.
  private func canVote(_ peer: Progress) -> Bool {
    peer.matchIndex > .zero && isActive(peer) && !peer.isDistrusted
      && log.lastIndex.rawValue <= peer.matchIndex.rawValue + options.maxPromotionLag
  }

  /// Whether a majority of the voters there would be has been heard of lately.
  private func wouldHaveQuorum(_ next: Membership) -> Bool {
    let alive = next.voters.count { voter in
      voter == id || peers.contains { $0.id == voter && isActive($0) && !$0.isDistrusted }
    }
    return alive >= next.quorum
  }

  /// A change is committed, as far as this node knows. A leader's peers are those members now.
  mutating func comesIntoForce(_ membership: Membership) {
    self.membership = membership
    membershipIndex = commitIndex
    guard role == .leader else { return }
    peers.removeAll { !membership.contains($0.id) }
    for peer in peers.indices { peers[peer].isVoter = membership.isVoter(peers[peer].id) }
    // From here on, so that replies to those taken in now are told from replies of before.
    reads.round += 1
    for member in membership.voters + membership.learners {
      addPeer(member, nextIndex: log.lastIndex + 1)
    }
    if let target = transfer?.target, !membership.isVoter(target) { transfer = nil }
    if !membership.isVoter(id) { beginLeaving() }
    confirmReads()  // Fewer voters may have answered enough already.
  }

  mutating func addPeer(_ node: NodeID, nextIndex: LogIndex) {
    guard node != id, !peers.contains(where: { $0.id == node }) else { return }
    let peer = Progress(
      id: node, isVoter: membership.isVoter(node), nextIndex: nextIndex, now: now,
      round: reads.round)
    peers.insert(peer, at: peers.firstIndex { $0.id > node } ?? peers.endIndex)
  }
}

// MARK: - A leader that removed itself

/// The way out of a leader that is no member any more.
struct Leave: Hashable, Sendable {
  /// An append of this round, or a later one, tells of the removal's commit.
  var round: UInt64
  /// The leader's clock when it goes in any case, in ticks.
  var deadline: UInt64
  /// The voter that was the first to answer such an append.
  var successor: NodeID?
}

extension RaftCore {
  /// A leader that took itself out leads on, without counting itself, until another voter is known to
  /// have the commit on its disk (dissertation, section 4.2.2). Of two members the other one could not
  /// get along without: it would need the vote of one that is gone.
  private mutating func beginLeaving() {
    reads.round += 1
    leave = Leave(round: reads.round, deadline: now + UInt64(options.electionTicks))
  }

  /// A voter has made durable what an append of some round said.
  mutating func noteForLeave(_ voter: NodeID, round: UInt64) {
    guard let leave, leave.successor == nil, round >= leave.round,
      peers.contains(where: { $0.id == voter && $0.counts && $0.matchIndex >= membershipIndex })
    else { return }
    self.leave?.successor = voter
  }

  /// Goes as soon as it may, and asks its successor to campaign, so that nobody has to wait.
  mutating func leaveIfRemoved() {
    guard role == .leader, !membership.isVoter(id) else { return }
    guard let leave, leave.successor == nil, now < leave.deadline else {
      if let next = leave?.successor ?? bestSuccessor { sendNow(.timeoutNow, to: next) }
      return becomeFollower(term: term, leader: nil)
    }
  }
}
