import Store

@testable import Raft

func judge() async throws {
  invariant(1, "an election timeout is between electionTicks and twice that, less one") {
    for seed in 1...300 {
      var subject = Subject(of: 3, seed: UInt64(seed))
      let ticks = subject.core.options.electionTicks
      let drawn = subject.core.drawElectionTimeout()
      check("electionTicks \(ticks), seed \(seed), drew \(drawn)", is: "in \(ticks)..<\(2 * ticks)")
      {
        (ticks..<2 * ticks).contains(drawn) ? "in \(ticks)..<\(2 * ticks)" : "outside"
      }
    }
  }
  invariant(2, "it is drawn anew each time, and every length occurs") {
    var subject = Subject(of: 3)
    let ticks = subject.core.options.electionTicks
    check("300 draws, electionTicks \(ticks)", is: "\(ticks) lengths") {
      counted(Set((0..<300).map { _ in subject.core.drawElectionTimeout() }).count, "length")
    }
  }
  invariant(3, "a follower that hears no leader asks for pre-votes at its timeout, and not before")
  {
    for seed: UInt64 in 1...20 {
      var subject = Subject(of: 3, seed: seed)
      let timeout = subject.core.electionTimeout
      check("timeout \(timeout), after \(timeout - 1) ticks", is: "follower in term 0") {
        subject.tick(timeout - 1)
        return state(subject)
      }
      check("timeout \(timeout), after \(timeout) ticks", is: "pre-candidate in term 0") {
        subject.tick()
        return state(subject)
      }
    }
  }
  invariant(4, "a leader that is heard puts it off") {
    check("a heartbeat every 5 ticks, for 100 ticks", is: "follower in term 1") {
      var subject = Subject(of: 3)
      for _ in 0..<20 {
        subject.hear(heartbeat(), from: 2, term: 1)
        subject.tick(5)
      }
      return state(subject)
    }
  }
  invariant(5, "a node that may not campaign does not: a learner, or one whose disk is stalled") {
    check("a learner, after 100 ticks", is: "follower in term 0") {
      var restored = RestoredState.empty(
        members: Membership(voters: [NodeID(2), NodeID(3)], learners: [NodeID(1)]))
      restored.hardState = .initial
      var core = RaftCore(id: NodeID(1), restored: restored)
      for _ in 0..<100 { core.tick() }
      return "\(words(core.role)) in term \(core.term)"
    }
    check("a disk that never finishes the term of its first candidacy", is: "stalled, and follower")
    {
      var core = Subject(of: 3).core
      core.becomeCandidate(isTransfer: false)
      _ = core.takeEffects()
      core.becomeFollower(term: core.term, leader: nil)
      for _ in 0..<100 { core.tick() }
      return (core.isDiskStalled ? "stalled" : "not stalled") + ", and \(words(core.role))"
    }
  }
  invariant(6, "a leader counts towards its next heartbeat, not towards an election") {
    check("a leader after 3 ticks of one heartbeat each", is: "leader, 6 heartbeats") {
      var subject = Subject(of: 3)
      subject.becomeLeader()
      _ = subject.takeSent()
      subject.tick(3)
      let beats = subject.takeSent().filter { kind($0) == "heartbeat" }.count
      return "\(words(subject.core.role)), \(counted(beats, "heartbeat"))"
    }
    check("and the time of each, after 3 ticks", is: "3 for a follower, 3 for a leader") {
      var (follower, leader) = (Subject(of: 3), Subject(of: 3))
      leader.becomeLeader()
      let before = leader.core.now
      follower.tick(3)
      leader.tick(3)
      return "\(follower.core.now) for a follower, \(leader.core.now - before) for a leader"
    }
  }
  invariant(7, "the scripts run as they are written") {
    try script("initial_election")
    try script("split_vote_resolves")
    try script("learner_must_vote")
    try script("slow_disk_leader_steps_down")
  }
}
