import Bytes
import Raft

// How a node learns that it was removed. Its own log says so, if that still reaches it; otherwise
// the members refuse what it says, each with a proof, and more than half of the other voters must
// have given one. A proof by a member of which this node's log says too little cannot be checked,
// and counts as it is.
//
// One that was away until most of the voters it knows were gone hears too few proofs: it logs the
// refusals and stays without a leader until it is stopped.

/// What a node has heard of its own removal, and of that of its leader.
struct RemovalEvidence {
  /// The log, or most of the other voters, say that this node was removed.
  var isCertain = false
  /// The members that have proved it.
  var witnesses: Set<NodeID> = []
  /// The tick from which on the other voters are asked again.
  var nextQuestion: UInt64 = 0
  /// The leader that this node still follows although it was removed.
  var leavingLeader: NodeID?
}

extension Replica {
  // MARK: This node's

  /// Ids never come back: one that is among the removed is no longer a member.
  func noteOwnRemoval() {
    if roster.removed.contains(identity.id) { noteRemoval() }
  }

  private func noteRemoval() {
    if removal.isCertain { return }
    removal.isCertain = true
    log(.warn("removed"))
    host.noteRemoval()
  }

  /// A member has proved that this node was removed. The word of one is not enough to end a
  /// process: more than half of the other voters have to say so, as for everything a cluster
  /// decides.
  func noteRemoval(by member: NodeID) {
    removal.witnesses.insert(member)
    let others = otherVoters
    if others.count(where: removal.witnesses.contains) > others.count / 2 { noteRemoval() }
  }

  /// A node without a vote speaks to none but the leader: so it asks the voters when it hears no
  /// leader, or has heard the first proof. The question is one of a read, whose answer does not
  /// matter.
  func askWhetherRemoved() {
    let timeout = UInt64(node.core.options.electionTicks)
    let isOutside =
      !node.core.membership.isVoter(identity.id) && !node.core.hearsLeader && now >= timeout
    guard isOutside || !removal.witnesses.isEmpty, !removal.isCertain,
      now >= removal.nextQuestion
    else { return }
    removal.nextQuestion = now + timeout
    for voter in otherVoters where !removal.witnesses.contains(voter) {
      let question = reads.nextNumber()
      write(to: voter) { $0.appendRead(question) }
    }
  }

  /// One that has joined and heard nothing since knows only those it was told of when it joined.
  private var otherVoters: [NodeID] {
    let voters = node.core.membership.voters
    let known = voters.isEmpty ? unlistedMembers.map(\.id) : voters
    return known.filter { $0 != identity.id }
  }

  // MARK: Its leader's

  /// A leader that is removed leads on until another voter knows, and then asks that one to
  /// campaign: until this node follows another, it has to be heard, and answered.
  func keepLeaving(_ membership: Membership) {
    guard let leader = node.core.leader, leader != identity.id, !membership.contains(leader),
      let record = roster[leader]
    else { return }
    removal.leavingLeader = leader
    unlistedMembers.append(record)
  }

  /// This node follows another leader, or none.
  func dropLeaving() {
    guard let leaving = removal.leavingLeader, leaving != node.core.leader else { return }
    removal.leavingLeader = nil
    membersChanged()
  }
}
