import Store

@testable import Raft

/// What node 1 answers to a request for its vote.
private func vote(
  _ subject: inout Subject, for candidate: UInt64, term: UInt64, lastIndex: UInt64 = 0,
  lastTerm: UInt64 = 0
) -> String {
  _ = subject.takeSent()
  subject.hear(
    voteRequest(lastIndex: lastIndex, lastTerm: lastTerm), from: candidate, term: term)
  return said(subject.takeSent())
}

private func preVote(_ subject: inout Subject, by candidate: UInt64, term: UInt64) -> String {
  _ = subject.takeSent()
  let request = VoteRequest(lastPosition: subject.core.log.lastPosition, isTransfer: false)
  subject.hear(.preVote(request), from: candidate, term: term)
  return said(subject.takeSent())
}

func judge() async throws {
  invariant(1, "a node gives one vote in a term, and the same one again if it is asked again") {
    var subject = Subject(of: 3)
    check("n2 asks in term 1", is: "to n2 vote granted in term 1") {
      vote(&subject, for: 2, term: 1)
    }
    check("n3 asks in term 1", is: "to n3 vote denied in term 1") {
      vote(&subject, for: 3, term: 1)
    }
    check("n2 asks in term 1 once more", is: "to n2 vote granted in term 1") {
      vote(&subject, for: 2, term: 1)
    }
    check("n3 asks in term 2", is: "to n3 vote granted in term 2") {
      vote(&subject, for: 3, term: 2)
    }
  }
  invariant(2, "only a log at least as up to date as the voter's own gets it") {
    for (index, term, expected) in [
      (UInt64(3), UInt64(2), "granted"), (4, 2, "granted"), (1, 3, "granted"), (2, 2, "denied"),
      (9, 1, "denied"), (0, 0, "denied"),
    ] {
      check(
        "the voter's log has the terms 1 2 2, the candidate's ends at \(index)/\(term)",
        is: "to n2 vote \(expected) in term 5"
      ) {
        var subject = Subject(of: 3, terms: [1, 2, 2])
        return vote(&subject, for: 2, term: 5, lastIndex: index, lastTerm: term)
      }
    }
  }
  invariant(3, "a node that gives its vote begins to wait anew; one that denies it does not") {
    check("after 9 ticks in term 1, a vote is given", is: "0") {
      var subject = Subject(of: 3, term: 1)
      subject.tick(9)
      _ = vote(&subject, for: 2, term: 1)
      return "\(subject.core.electionElapsed)"
    }
    check("after 9 ticks, a second candidate of the term is denied", is: "9") {
      var subject = Subject(of: 3)
      _ = vote(&subject, for: 2, term: 1)
      subject.tick(9)
      _ = vote(&subject, for: 3, term: 1)
      return "\(subject.core.electionElapsed)"
    }
  }
  invariant(4, "a pre-vote is answered, and changes nothing") {
    var subject = Subject(of: 3, term: 1)
    subject.tick(9)
    check("n2 asks before term 2", is: "to n2 pre-vote granted for term 2") {
      preVote(&subject, by: 2, term: 2)
    }
    check("n3 asks before term 2, too", is: "to n3 pre-vote granted for term 2") {
      preVote(&subject, by: 3, term: 2)
    }
    check("n2 asks before term 1, in which the node voted for n3", is: "to n2 pre-vote denied") {
      var subject = Subject(of: 3, term: 1, vote: 3)
      return preVote(&subject, by: 2, term: 1)
    }
    check("what became of the node", is: "follower in term 1, 9 ticks") {
      "\(state(subject)), \(counted(subject.core.electionElapsed, "tick"))"
    }
  }
  invariant(5, "a majority of the votes wins, the candidate's own among them") {
    check("one of two others grants it", is: "leader in term 1, voted n1") {
      var subject = Subject(of: 3)
      subject.becomeCandidate()
      subject.hear(.voteReply(granted: true), from: 2, term: 1)
      return state(subject)
    }
    check("of five, one other grants it", is: "candidate in term 1, voted n1") {
      var subject = Subject(of: 5)
      subject.becomeCandidate()
      subject.hear(.voteReply(granted: true), from: 2, term: 1)
      return state(subject)
    }
  }
  invariant(6, "a majority of refusals ends the campaign") {
    check("of three, two deny", is: "follower in term 1, voted n1") {
      var subject = Subject(of: 3)
      subject.becomeCandidate()
      for other: UInt64 in 2...3 { subject.hear(.voteReply(granted: false), from: other, term: 1) }
      return state(subject)
    }
    check("of five, two deny", is: "candidate in term 1, voted n1") {
      var subject = Subject(of: 5)
      subject.becomeCandidate()
      for other: UInt64 in 2...3 { subject.hear(.voteReply(granted: false), from: other, term: 1) }
      return state(subject)
    }
    check("a pre-candidate of three in term 1, and two deny", is: "follower in term 1") {
      var subject = Subject(of: 3, term: 1)
      subject.run { $0.becomePreCandidate() }
      for other: UInt64 in 2...3 {
        subject.hear(.preVoteReply(granted: false, commit: .zero), from: other, term: 1)
      }
      return state(subject)
    }
  }
  invariant(7, "a reply counts only for what is asked now, and once for each voter") {
    check("a candidate of five, and n2 grants it twice", is: "candidate in term 1, voted n1") {
      var subject = Subject(of: 5)
      subject.becomeCandidate()
      for _ in 0..<2 { subject.hear(.voteReply(granted: true), from: 2, term: 1) }
      return state(subject)
    }
    check(
      "a pre-candidate, and a vote of the term comes late", is: "pre-candidate in term 1, voted n1"
    ) {
      var subject = Subject(of: 3)
      subject.becomeCandidate()
      subject.run { $0.becomePreCandidate() }
      subject.hear(.voteReply(granted: true), from: 2, term: 1)
      return state(subject)
    }
    check(
      "a pre-candidate in term 1, and a pre-vote for term 1 comes late",
      is: "pre-candidate in term 1"
    ) {
      var subject = Subject(of: 3, term: 1)
      subject.run { $0.becomePreCandidate() }
      subject.hear(.preVoteReply(granted: true, commit: .zero), from: 2, term: 1)
      return state(subject)
    }
    check(
      "a candidate, and a pre-vote for its term comes late", is: "candidate in term 1, voted n1"
    ) {
      var subject = Subject(of: 3)
      subject.becomeCandidate()
      subject.hear(.preVoteReply(granted: true, commit: .zero), from: 2, term: 1)
      return state(subject)
    }
  }
  invariant(8, "the scripts run as they are written") {
    try script("voter_prefers_longer_log")
    try script("voter_prefers_newer_term")
    try script("prevote_behind_log_refused")
    try script("duplicate_vote_reply_counts_once")
    try script("dueling_candidates")
    try script("one_vote_per_term_across_restart")
    try script("stale_vote_reply_ignored")
  }
}
