import Store

@testable import Raft

private func members(_ voters: [UInt64], _ learners: [UInt64] = []) -> Membership {
  Membership(voters: voters.map { NodeID($0) }, learners: learners.map { NodeID($0) })
}

private func changed(_ before: Membership, _ change: MembershipChange, is expected: String) {
  check("\(words(before)); \(change)", is: expected) { words(before.applying(change)) }
}

/// A leader of three, whose first entry is committed.
private func leader(of count: UInt64 = 3) -> Subject {
  var subject = Subject(of: count)
  subject.becomeLeader()
  for other in 2..<count + 1 { subject.acknowledge(1, by: other) }
  return subject
}

private func ask(_ subject: inout Subject, _ change: MembershipChange) -> String {
  var answer = "taken"
  subject.run { core in
    do throws(Refusal) { _ = try core.propose(change, payload: []) } catch { answer = words(error) }
  }
  return answer
}

func judge() async throws {
  invariant(1, "a majority is more than half of the voters") {
    for (count, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)] {
      check("\(counted(count, "voter")), 2 learners", is: "\(quorum)") {
        "\(members((1...UInt64(count)).map { $0 }, [8, 9]).quorum)"
      }
    }
  }
  invariant(2, "a change adds, promotes or removes one node, and says nothing of others") {
    changed(members([1, 2]), .addLearner(NodeID(3)), is: "voters n1 n2, learners n3")
    changed(members([1, 2], [3]), .promote(NodeID(3)), is: "voters n1 n2 n3")
    changed(members([1, 2], [3]), .remove(NodeID(3)), is: "voters n1 n2")
    changed(members([1, 2], [3]), .remove(NodeID(1)), is: "voters n2, learners n3")
  }
  invariant(3, "one that says nothing new changes nothing") {
    changed(members([1, 2]), .addLearner(NodeID(2)), is: "voters n1 n2")
    changed(members([1, 2], [3]), .addLearner(NodeID(3)), is: "voters n1 n2, learners n3")
    changed(members([1, 2]), .promote(NodeID(2)), is: "voters n1 n2")
    changed(members([1, 2]), .remove(NodeID(9)), is: "voters n1 n2")
  }
  invariant(4, "one change at a time, and none before the term's first entry is committed") {
    let pending = words(Refusal.changePending)
    check("a leader that has committed nothing is asked to add n4", is: pending) {
      var subject = Subject(of: 3)
      subject.becomeLeader()
      return ask(&subject, .addLearner(NodeID(4)))
    }
    var subject = leader()
    check("it has; it is asked to add n4", is: "taken") { ask(&subject, .addLearner(NodeID(4))) }
    check("and n5, before that is committed", is: pending) { ask(&subject, .addLearner(NodeID(5))) }
    subject.acknowledge(2, by: 2)
    check("and n5, after it is committed", is: "taken") { ask(&subject, .addLearner(NodeID(5))) }
  }
  invariant(5, "what changes nothing, or removes the last voter, is refused") {
    let pointless = words(Refusal.pointlessChange)
    for change: MembershipChange in [
      .addLearner(NodeID(2)), .promote(NodeID(2)), .promote(NodeID(7)), .remove(NodeID(7)),
    ] {
      check("voters n1 n2 n3; \(change)", is: pointless) {
        var subject = leader()
        return ask(&subject, change)
      }
    }
    check("the only voter n1; \(MembershipChange.remove(NodeID(1)))", is: pointless) {
      var subject = Subject(of: 1)
      subject.run { $0.becomeCandidate(isTransfer: false) }
      return ask(&subject, .remove(NodeID(1)))
    }
  }
  invariant(6, "a learner that lacks too much gets no vote") {
    var subject = leader()
    _ = ask(&subject, .addLearner(NodeID(4)))
    subject.acknowledge(2, by: 2)
    check("n4 has never accepted anything", is: words(Refusal.notCaughtUp)) {
      ask(&subject, .promote(NodeID(4)))
    }
    // In a round since it was taken in: an answer to an earlier one would not be its own.
    let reply = AppendReply(result: .accepted(matchIndex: LogIndex(2)), round: subject.core.round)
    subject.hear(.appendReply(reply), from: 4, term: 1)
    check("n4 has everything", is: "taken") { ask(&subject, .promote(NodeID(4))) }
  }
  invariant(7, "a change after which no majority would be alive is refused") {
    func silent() -> Subject {
      var subject = leader()
      subject.tick(9)
      subject.acknowledge(1, by: 2)
      subject.tick(2)
      return subject
    }
    check("n3 has been silent for 11 ticks; remove n2", is: words(Refusal.wouldLoseQuorum)) {
      var subject = silent()
      return ask(&subject, .remove(NodeID(2)))
    }
    check("n3 has been silent for 11 ticks; remove n3", is: "taken") {
      var subject = silent()
      return ask(&subject, .remove(NodeID(3)))
    }
  }
  invariant(8, "ballots count only as far as they are voters' of the membership in force") {
    func campaign(_ ballots: [UInt64], then voters: [UInt64]) -> String {
      var subject = Subject(of: 5)
      subject.becomeCandidate()
      for other in ballots { subject.hear(.voteReply(granted: true), from: other, term: 1) }
      subject.run { core in
        core.membership = members(voters)
        core.recountBallots()
      }
      return words(subject.core.role)
    }
    check("a candidate of five has the vote of n4; n4 and n5 are removed", is: "candidate") {
      campaign([4], then: [1, 2, 3])
    }
    check("it has the vote of n2; n4 and n5 are removed", is: "leader") {
      campaign([2], then: [1, 2, 3])
    }
    check("it is removed itself", is: "follower") { campaign([2], then: [2, 3, 4]) }
  }
  invariant(9, "the scripts run as they are written") {
    try script("two_pending_changes_refused")
    try script("new_leader_change_needs_term_commit")
    try script("candidate_learns_of_removal")
    try script("candidate_learns_of_its_own_removal")
    try script("change_that_would_lose_quorum_refused")
    try script("add_learner_then_promote")
    try script("learner_that_lags_is_not_promoted")
  }
}
