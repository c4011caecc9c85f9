import Bytes
import Raft
import Store
import Synchronization

// What this node tells of itself.

extension Replica {
  /// Puts up what this node is now.
  func publish() {
    let membership = node.core.membership
    if !isOnlyMember {
      board.isAlone.store(false, ordering: .releasing)
    } else if isLeader, node.hasCommittedInTerm, queued.isEmpty {
      board.isAlone.store(true, ordering: .releasing)
    }
    let followers = node.core.peers.map {
      FollowerStatus(
        id: $0.id, matchIndex: $0.matchIndex, isVoter: $0.isVoter,
        isActive: node.core.isActive($0))
    }
    let standing = Standing(
      role: node.core.role, term: node.core.term, vote: node.core.vote, leader: node.core.leader)
    var hasChanged = false
    board.update { status in
      hasChanged = status.note(standing, at: time.now)
      status.membership = membership
      status.role = node.core.role
      status.term = node.core.term
      status.leader = node.core.leader
      status.lastIndex = node.core.log.lastIndex
      status.commitIndex = node.core.commitIndex
      status.appliedIndex = store.appliedIndex
      status.waitingProposals = writes.clientCount
      status.counts = counts
      status.unavailableReason = draining == nil ? unavailableReason : ReplicaInput.stopping
      status.isDiskFull = isDiskFull
      status.snapshotBytes = UInt64(node.latestSnapshotBytes)
      status.followers = followers
    }
    if hasChanged { tell(standing) }
  }

  /// Elections as they go, for those who look closely.
  private func tell(_ standing: Standing) {
    let name = { (id: NodeID?) in id.map(self.name(of:)) ?? "none" }
    log(
      .debug(
        "standing",
        [
          "role": "\(standing.role)", "term": standing.term, "vote": name(standing.vote),
          "leader": name(standing.leader),
        ]))
  }

  /// Why this node takes no writes now; nil if it does.
  var unavailableReason: String? { isDiskFull ? NodeStatus.diskFull : nil }

  /// What people call a member; before there is a roster, as the flags do.
  func name(of id: NodeID) -> String {
    if roster.cluster != nil { return roster.name(of: id) }
    return unlistedMembers.first { $0.id == id }?.name ?? id.hex
  }

  var isSoleVoter: Bool { node.core.membership.voters == [identity.id] }
  var isOnlyMember: Bool { isSoleVoter && node.core.membership.learners.isEmpty }
}

extension RaftNode {
  /// Whether this leader has committed an entry of its own term, and so knows how far its
  /// predecessors had come.
  var hasCommittedInTerm: Bool { core.log.term(at: core.commitIndex) == core.term }
}
