import Raft
import RunSupport
import Store
import Testing

/// What a node that starts may commit without a word from others.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct OwnLogTests {
  private let n1 = NodeID(1)
  private let n2 = NodeID(2)

  /// A log with these kinds of entries, of which so many are known to be committed; returns how
  /// many are so for node 1.
  private func commit(
    _ kinds: [Entry.Kind], after start: UInt64 = 0, known: UInt64 = 0, of membership: Membership
  ) -> UInt64 {
    let entries = kinds.enumerated().map { place, kind in
      Entry(index: LogIndex(start + UInt64(place) + 1), term: Term(1), kind: kind, payload: [])
    }
    var restored = RestoredState(
      hardState: HardState(term: Term(2), vote: nil, commitIndex: LogIndex(known)),
      snapshot: SnapshotMetadata(
        position: LogPosition(index: LogIndex(start), term: Term(1)), membership: membership),
      entries: entries)
    restored.commitOwn(of: n1)
    return restored.hardState.commitIndex.rawValue
  }

  @Test func `a log that may not be on the disk is acknowledged when it is known to be`() {
    let entry = Entry(index: LogIndex(1), term: Term(1), kind: .noOp, payload: [])
    var restored = RestoredState(
      hardState: HardState(term: Term(2), vote: n2, commitIndex: .zero),
      snapshot: SnapshotMetadata(position: .zero, membership: Membership(voters: [n1, n2])),
      entries: [entry])
    for isDurable in [true, false] {
      restored.isDurable = isDurable
      var core = RaftCore(id: n1, restored: restored)
      let asked = VoteRequest(lastPosition: entry.position, isTransfer: true)
      let appended = AppendEntries(
        previous: entry.position, entries: [], commitIndex: .zero, round: 1)
      core.step(Message(from: n2, to: n1, term: Term(2), content: .requestVote(asked)))
      core.step(Message(from: n2, to: n1, term: Term(2), content: .appendEntries(appended)))
      let effects = core.takeEffects()
      #expect(effects.messages.count == (isDurable ? 2 : 0) && !effects.mustPersist)
      #expect(effects.messagesAfterPersisting.count == (isDurable ? 0 : 2))
      #expect(effects.batch == 0)
      // While it is not known, another node had better campaign.
      for _ in 0..<25 { core.tick() }
      #expect((core.role == .follower) == !isDurable)
      core.persisted(through: 0)
      for _ in 0..<25 { core.tick() }
      #expect(core.role == .preCandidate)
    }
  }

  @Test func `a sole voter has committed all it holds`() {
    let alone = Membership(voters: [n1])
    #expect(commit([.command, .noOp, .command], of: alone) == 3)
    #expect(commit([.command, .command], after: 7, known: 8, of: alone) == 9)
    #expect(commit([], after: 7, known: 7, of: alone) == 7)
    #expect(commit([.command], of: Membership(voters: [n1], learners: [n2])) == 1)
  }

  @Test func `another's vote, and a vote that is another's, stop it`() {
    #expect(commit([.command, .command], known: 1, of: Membership(voters: [n1, n2])) == 1)
    #expect(commit([.command, .command], known: 1, of: Membership(voters: [n2])) == 1)
    #expect(commit([.command], of: Membership(voters: [])) == 0)
  }

  @Test func `the membership is that of each entry's place`() {
    let alone = Membership(voters: [n1])
    let both = Membership(voters: [n1, n2])
    // The entry that gives another node a vote is still this node's own to commit.
    #expect(commit([.command, .membership(both), .command], of: alone) == 2)
    // What is known to be committed has taken the vote from the other one.
    #expect(commit([.membership(alone), .command, .command], known: 1, of: both) == 3)
    #expect(commit([.membership(alone), .command, .command], known: 0, of: both) == 0)
  }
}
