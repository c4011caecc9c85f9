import Store

@testable import Raft

/// A leader of term 5 whose log has these terms, and then its own first entry.
private func leader(of count: UInt64, _ terms: [UInt64]) -> Subject {
  var subject = Subject(of: count, term: 4, terms: terms)
  subject.becomeLeader()
  return subject
}

func judge() async throws {
  invariant(1, "what a majority has reached is the greatest value that so many have") {
    for (count, own, others, expected) in [
      (UInt64(3), UInt64(7), [UInt64(5), 3], 5), (3, 7, [0, 0], 0), (3, 2, [9, 9], 9),
      (5, 9, [8, 3, 2, 1], 3), (5, 1, [8, 8, 8, 0], 8), (4, 9, [8, 3, 1], 3), (1, 4, [], 4),
    ] {
      check(
        "\(counted(count, "voter")); this one has \(own), the others \(others)", is: "\(expected)"
      ) {
        let subject = leader(of: count, [])
        let value = { (peer: Progress) in others[Int(peer.id.rawValue) - 2] }
        return "\(subject.core.reachedByQuorum(own: own, value))"
      }
    }
  }
  invariant(2, "learners do not count, nor does a member whose disk lost what it acknowledged") {
    check("3 voters; this one has 7, the others 7 and 7, both distrusted", is: "0") {
      var subject = leader(of: 3, [])
      for peer in 0..<2 { subject.core.leadership?.peers[peer].isDistrusted = true }
      return "\(subject.core.reachedByQuorum(own: 7) { _ in 7 })"
    }
    check("a leader, a voter with 0 and a learner with 7; this one has 7", is: "0") {
      var subject = leader(of: 3, [])
      subject.core.membership = Membership(voters: [NodeID(1), NodeID(2)], learners: [NodeID(3)])
      subject.core.leadership?.peers[1].isVoter = false
      return "\(subject.core.reachedByQuorum(own: 7) { $0.isVoter ? 0 : 7 })"
    }
  }
  invariant(3, "an entry of its own term is committed once a majority has it, and all before it") {
    var subject = leader(of: 5, [1, 2])
    check("the log's terms are 1 2 5 in 5 nodes; n2 has 3", is: "commit 0") {
      subject.acknowledge(3, by: 2)
      return "commit \(subject.core.commitIndex)"
    }
    check("n3 has 3, too", is: "commit 3") {
      subject.acknowledge(3, by: 3)
      return "commit \(subject.core.commitIndex)"
    }
  }
  invariant(4, "an entry of an earlier term is not committed by counting (paper, figure 8)") {
    check("the log's terms are 1 2 5 in 3 nodes; all others have 2", is: "commit 0") {
      var subject = leader(of: 3, [1, 2])
      for other: UInt64 in 2...3 { subject.acknowledge(2, by: other) }
      return "commit \(subject.core.commitIndex)"
    }
  }
  invariant(5, "the leader's own log counts as far as it is durable, and no further") {
    check("3 nodes; n2 has entry 1, which the leader's disk has not", is: "commit 0") {
      var core = Subject(of: 3, term: 4).core
      core.becomeCandidate(isTransfer: false)
      let term = core.term
      core.persisted(through: core.takeEffects().batch)
      core.step(
        Message(from: NodeID(2), to: NodeID(1), term: term, content: .voteReply(granted: true)))
      _ = core.takeEffects()
      let reply = AppendReply(result: .accepted(matchIndex: LogIndex(1)), round: 0)
      core.step(Message(from: NodeID(2), to: NodeID(1), term: term, content: .appendReply(reply)))
      return "commit \(core.commitIndex)"
    }
  }
  invariant(6, "the commit index never falls") {
    check("entry 1 is committed, and an older acknowledgement comes late", is: "commit 1") {
      var subject = leader(of: 3, [])
      subject.acknowledge(1, by: 2)
      subject.acknowledge(0, by: 3)
      return "commit \(subject.core.commitIndex)"
    }
  }
  invariant(7, "the scripts run as they are written") {
    try script("only_current_term_by_counting")
    try script("figure8")
    try script("noop_commits_previous_terms")
    try script("lagging_commit")
    try script("removed_leader_does_not_count_itself")
    try script("single_node_elects_itself")
  }
}
