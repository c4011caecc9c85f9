import Store

// Who takes part (dissertation, chapter 4). ``Membership`` says why it is safe.

extension RaftCore {
  /// Proposes one change. It comes into force, on every node, when that node learns that it is
  /// committed; until then no other is accepted.
  ///
  /// - Parameter payload: the caller's notes on the change, such as a name or an address.
  public mutating func propose(
    _ change: MembershipChange, payload: [UInt8]
  ) throws(Refusal) -> LogPosition {
    try checkProposable()
    if let refusal = refusal(of: change) { throw refusal }
    let members = membership.applying(change)
    let index = appendOwn(kind: .membership(members), payload: payload)
    leadership?.pendingChangeIndex = index
    return LogPosition(index: index, term: term)
  }

  /// The learners whose promotion would not be refused now; none on a node that does not lead.
  public var promotableLearners: [NodeID] {
    guard role == .leader else { return [] }
    return membership.learners.filter { refusal(of: .promote($0)) == nil }
  }

  /// Why a leader may not propose a change now; nil if it may.
  private func refusal(of change: MembershipChange) -> Refusal? {
    if let pending = leadership?.pendingChangeIndex, pending > commitIndex { return .changePending }
    let node = change.node
    switch change {
    case .addLearner:
      if membership.contains(node) { return .pointlessChange }
    case .promote:
      guard membership.isLearner(node) else { return .pointlessChange }
      guard hasCaughtUp(node) else { return .notCaughtUp }
    case .remove:
      guard membership.contains(node), membership.voters != [node] else { return .pointlessChange }
    }
    return wouldHaveQuorum(membership.applying(change)) ? nil : .wouldLoseQuorum
  }

  /// Whether a learner's vote would be of use: it has almost everything, and was heard of lately.
  /// One that has never accepted anything may not even be there, however short the log is.
  private func hasCaughtUp(_ learner: NodeID) -> Bool {
    guard let peer = peers.first(where: { $0.id == learner }) else { return false }
    return peer.matchIndex > .zero && isActive(peer) && !peer.isDistrusted
      && log.lastIndex.rawValue <= peer.matchIndex.rawValue + options.maxPromotionLag
  }

  /// Whether a majority of the voters after the change has been heard of lately.
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
    // From here on, so that replies of those taken in now are told from replies of before.
    leadership?.beginRound()
    leadership?.follow(membership, except: id, nextIndex: log.lastIndex + 1, now: now)
    if let target = leadership?.transfer?.target, !membership.isVoter(target) {
      leadership?.transfer = nil
    }
    if !membership.isVoter(id) { beginLeaving() }
    confirmReads()  // Fewer voters may have answered enough already.
  }
}

// MARK: - A leader that removed itself

/// The departure of a leader that is no longer a member.
struct Leave: Hashable, Sendable {
  /// An append of this round, or a later one, tells of the removal's commit.
  var round: UInt64
  /// The tick at which it goes in any case.
  var deadline: UInt64
  /// The voter that was the first to answer such an append.
  var successor: NodeID?
}

extension RaftCore {
  /// A leader that removed itself keeps leading, without counting itself, until another voter is
  /// known to have the commit on its disk (dissertation, section 4.2.2). Otherwise the other one of
  /// two members could be stuck: it would need the vote of the one that is gone.
  private mutating func beginLeaving() {
    guard let round = leadership?.beginRound() else { return }
    leadership?.leave = Leave(round: round, deadline: now + UInt64(options.electionTicks))
  }

  /// A voter has made durable what an append of some round said.
  mutating func noteForLeave(_ voter: NodeID, round: UInt64) {
    guard let leave = leadership?.leave, leave.successor == nil, round >= leave.round,
      peers.contains(where: { $0.id == voter && $0.counts && $0.matchIndex >= membershipIndex })
    else { return }
    leadership?.leave?.successor = voter
  }

  /// Steps down as soon as it may, and asks its successor to campaign at once.
  mutating func leaveIfRemoved() {
    guard role == .leader, !membership.isVoter(id) else { return }
    if let leave = leadership?.leave, leave.successor == nil, now < leave.deadline { return }
    if let next = leadership?.leave?.successor ?? bestSuccessor { sendNow(.timeoutNow, to: next) }
    becomeFollower(term: term, leader: nil)
  }
}
