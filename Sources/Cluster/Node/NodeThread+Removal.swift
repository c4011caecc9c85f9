import Raft

// How a node learns that it was removed. Its own log says so, if that still reaches it; otherwise the
// members refuse what it says, each with a proof.
//
// One that was away until most of the voters it knows were gone hears too few proofs: it logs the refusals
// and stays without a leader until it is stopped.

extension NodeThread {
  /// A leader that is removed leads on until another voter knows, and then asks that one to campaign:
  /// until this node follows another, it has to be heard, and answered.
  func keepLeaving(_ membership: Membership) {
    guard let leader = node.core.leader, leader != identity.id, !membership.contains(leader),
      let record = roster[leader]
    else { return }
    leavingLeader = leader
    acquaintances.append(record)
  }

  /// This node follows another leader, or none.
  func dropLeaving() {
    guard let leaving = leavingLeader, leaving != node.core.leader else { return }
    leavingLeader = nil
    membersChanged()
  }

  func noteRemoval() {
    if ended.note() { log("event=removed; this node takes no part any more") }
  }

  /// A member has proved that this node was removed. The word of one is not enough to end a process:
  /// more than half of the other voters have to say so, as for everything a cluster decides.
  func noteRemoval(by member: NodeID) {
    removalWitnesses.insert(member)
    let others = otherVoters
    if others.count(where: removalWitnesses.contains) > others.count / 2 { noteRemoval() }
  }

  /// With the first proof a node asks the other voters: as a learner it would speak to none but the
  /// leader. The question is one of a read, whose answer does not matter.
  func askWhetherRemoved() {
    guard !removalWitnesses.isEmpty, !ended.isNoted, now >= nextRemovalQuestion else { return }
    nextRemovalQuestion = now + UInt64(node.core.options.electionTicks)
    for voter in otherVoters where !removalWitnesses.contains(voter) {
      reads.lastID += 1
      let question = reads.lastID
      transport.write(to: voter) { $0.appendRead(question) }
    }
  }

  private var otherVoters: [NodeID] { node.core.membership.voters.filter { $0 != identity.id } }
}
