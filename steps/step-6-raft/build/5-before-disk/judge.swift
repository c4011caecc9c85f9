import Store

@testable import Raft

private func persistence(_ lastIndex: UInt64 = 0, term: UInt64 = 1) -> Persistence {
  Persistence(
    hardState: HardState(term: Term(term), vote: nil, commitIndex: .zero),
    lastIndex: LogIndex(lastIndex), isDurable: true)
}

extension Persistence {
  fileprivate mutating func hand(_ lastIndex: UInt64, term: UInt64 = 1) {
    _ = handOut(
      lastIndex: LogIndex(lastIndex),
      hardState: HardState(term: Term(term), vote: nil, commitIndex: .zero))
  }

  fileprivate var told: String { "durable up to \(durableIndex), term \(durableTerm)" }
}

private func sent(_ effects: Effects) -> String {
  "at once: \(said(effects.messages)); after the disk: \(said(effects.messagesAfterPersisting))"
}

func judge() async throws {
  invariant(1, "a batch is durable when the disk says so, and those before it are, too") {
    check("batches up to 3 and 5 handed out", is: "durable up to 0, term 1") {
      var disk = persistence()
      disk.hand(3)
      disk.hand(5)
      return disk.told
    }
    check("and batch 1 finished", is: "durable up to 3, term 1") {
      var disk = persistence()
      disk.hand(3)
      disk.hand(5)
      disk.finished(through: 1)
      return disk.told
    }
    check("and batch 2 at once", is: "durable up to 5, term 4") {
      var disk = persistence()
      disk.hand(3)
      disk.hand(5, term: 4)
      disk.finished(through: 2)
      return disk.told
    }
    check("and batch 1 a second time", is: "durable up to 3, term 1") {
      var disk = persistence()
      disk.hand(3)
      disk.hand(5)
      disk.finished(through: 1)
      disk.finished(through: 1)
      return disk.told
    }
  }
  invariant(2, "what is cut off is durable no more") {
    for (index, durable) in [(3, 2), (6, 5), (8, 5)] as [(UInt64, Int)] {
      check(
        "durable up to 5, cut from \(index)",
        is: "durable up to \(durable), term 1, handed out up to \(durable)"
      ) {
        var disk = persistence(5)
        disk.truncated(from: LogIndex(index))
        return "\(disk.told), handed out up to \(disk.handedOut)"
      }
    }
  }
  invariant(3, "a batch that is still on its way does not vouch for what was put in its place") {
    check(
      "a batch up to 5 on its way, cut from 3, another up to 4; the first finishes",
      is: "durable up to 2, term 1"
    ) {
      var disk = persistence()
      disk.hand(5)
      disk.truncated(from: LogIndex(3))
      disk.hand(4)
      disk.finished(through: 1)
      return disk.told
    }
    check("and the second", is: "durable up to 4, term 1") {
      var disk = persistence()
      disk.hand(5)
      disk.truncated(from: LogIndex(3))
      disk.hand(4)
      disk.finished(through: 2)
      return disk.told
    }
  }
  invariant(4, "a disk that finishes something is not stalled") {
    check("50 ticks with a batch on its way, then it finishes", is: "50, then 0") {
      var disk = persistence()
      disk.hand(1)
      for _ in 0..<50 { disk.tick() }
      let before = disk.stalledTicks
      disk.finished(through: 1)
      return "\(before), then \(disk.stalledTicks)"
    }
  }
  invariant(5, "what vouches for this node's memory waits for the disk") {
    check("a vote for n2", is: "at once: nothing; after the disk: to n2 vote granted in term 1") {
      var core = Subject(of: 3).core
      core.step(
        Message(
          from: NodeID(2), to: NodeID(1), term: Term(1),
          content: voteRequest(lastIndex: 0, lastTerm: 0)))
      return sent(core.takeEffects())
    }
  }
  invariant(6, "with nothing on its way to the disk there is nothing to wait for") {
    let answer = "to n2 vote granted in term 1"
    check(
      "n2 asks for its vote again, which is durable",
      is: "at once: \(answer); after the disk: nothing"
    ) {
      var subject = Subject(of: 3, term: 1, vote: 2)
      let message = Message(
        from: NodeID(2), to: NodeID(1), term: Term(1),
        content: voteRequest(lastIndex: 0, lastTerm: 0))
      subject.core.step(message)
      return sent(subject.core.takeEffects())
    }
    check(
      "n2 asks again while the vote is on its way",
      is: "at once: nothing; after the disk: \(answer)"
    ) {
      var core = Subject(of: 3).core
      let message = Message(
        from: NodeID(2), to: NodeID(1), term: Term(1),
        content: voteRequest(lastIndex: 0, lastTerm: 0))
      core.step(message)
      _ = core.takeEffects()
      core.step(message)
      return sent(core.takeEffects())
    }
  }
  invariant(7, "a candidate's own vote counts when it is durable") {
    check("a lone voter campaigns", is: "candidate, then leader") {
      var core = Subject(of: 1).core
      core.becomeCandidate(isTransfer: false)
      let batch = core.takeEffects().batch
      let before = words(core.role)
      core.persisted(through: batch)
      return "\(before), then \(words(core.role))"
    }
    check(
      "a lone voter campaigns twice; the disk finishes the first term", is: "candidate in term 2"
    ) {
      var core = Subject(of: 1).core
      core.becomeCandidate(isTransfer: false)
      let batch = core.takeEffects().batch
      core.becomeCandidate(isTransfer: false)
      _ = core.takeEffects()
      core.persisted(through: batch)
      return "\(words(core.role)) in term \(core.term)"
    }
  }
  invariant(8, "the scripts run as they are written") {
    try script("vote_not_durable_is_not_given")
    try script("crash_between_write_and_sync")
    try script("one_vote_per_term_across_restart")
    try script("commit_survives_all_restart")
  }
}
