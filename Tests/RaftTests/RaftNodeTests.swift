import RunSupport
import Store
import Testing

@testable import Raft

/// A node of one, or of several of which the test plays the others.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RaftNodeTests {
  private func make(
    of count: UInt64, id: UInt64 = 1, options: NodeOptions = NodeOptions()
  ) -> RaftNode {
    let members = Membership(voters: (1...count).map { NodeID($0) })
    return RaftNode(id: NodeID(id), restored: .empty(members: members), options: options)
  }

  private func text(_ id: UInt64) -> Proposal {
    Proposal(id: ProposalID(id), payload: Array("\(id)".utf8))
  }

  /// Lets the disk finish everything; all effects on the way.
  private func run(_ node: inout RaftNode) -> [NodeEffects] {
    var all: [NodeEffects] = []
    while true {
      let effects = node.takeEffects()
      all.append(effects)
      guard effects.effects.mustPersist else { return all }
      node.persisted(through: effects.effects.batch)
    }
  }

  private func lead(_ node: inout RaftNode, others: [UInt64] = []) {
    while node.core.role == .follower { node.tick() }
    for voter in others {
      let term = Term(node.core.term.rawValue + (node.core.role == .preCandidate ? 1 : 0))
      if node.core.role == .preCandidate {
        node.step(
          Message(
            from: NodeID(voter), to: node.core.id, term: term,
            content: .preVoteReply(granted: true, commit: .zero)))
      }
    }
    _ = run(&node)
    for voter in others where node.core.role == .candidate {
      node.step(
        Message(
          from: NodeID(voter), to: node.core.id, term: node.core.term,
          content: .voteReply(granted: true)))
    }
    _ = run(&node)
    #expect(node.core.role == .leader)
  }

  private func append(
    _ entries: [Entry], after index: UInt64, _ previousTerm: UInt64, commit: UInt64, term: UInt64
  ) -> Message {
    let append = AppendEntries(
      previous: LogPosition(index: LogIndex(index), term: Term(previousTerm)), entries: entries,
      commitIndex: LogIndex(commit), round: 0)
    return Message(
      from: NodeID(2), to: NodeID(1), term: Term(term), content: .appendEntries(append))
  }

  @Test func `a proposal is named with the entry it became`() throws {
    var node = make(of: 1)
    lead(&node)
    try node.propose([text(7), text(8)])
    let applications = run(&node).flatMap(\.applications)
    #expect(applications.map(\.id) == [ProposalID(7), ProposalID(8)])
    #expect(applications.map(\.entry.index) == [LogIndex(2), LogIndex(3)])
  }

  @Test func `a proposal that another term's entry replaced is lost, once that is committed`()
    throws
  {
    var node = make(of: 3)
    lead(&node, others: [2])
    try node.propose([text(7)])
    _ = run(&node)
    let other = Entry(index: LogIndex(2), term: Term(2), kind: .command, payload: [1])
    node.step(append([other], after: 1, 1, commit: 0, term: 2))
    let replaced = run(&node)
    #expect(replaced.flatMap(\.lost).isEmpty, "its fate is open until something is committed")
    node.step(append([], after: 2, 2, commit: 2, term: 2))
    let committed = run(&node)
    #expect(committed.flatMap(\.lost) == [ProposalID(7)])
    #expect(committed.flatMap(\.applications).map(\.id) == [nil, nil])
  }

  @Test func `a proposal that a later leader commits took place`() throws {
    var node = make(of: 3)
    lead(&node, others: [2])
    let position = try node.propose([text(7)])
    _ = run(&node)
    let theirs = Entry(index: LogIndex(3), term: Term(2), kind: .noOp, payload: [])
    node.step(append([theirs], after: 2, 1, commit: 3, term: 2))
    let applications = run(&node).flatMap(\.applications)
    #expect(applications.first { $0.id == ProposalID(7) }?.entry.position == position)
  }

  @Test func `a snapshot leaves open what became of the proposals it covers`() throws {
    var node = make(of: 3)
    lead(&node, others: [2])
    try node.propose([text(7)])
    _ = run(&node)
    let snapshot = SnapshotMetadata(
      position: LogPosition(index: LogIndex(5), term: Term(2)), membership: node.core.membership)
    node.step(
      Message(
        from: NodeID(2), to: NodeID(1), term: Term(2),
        content: .installSnapshot(snapshot, round: 0)))
    let effects = run(&node)
    #expect(effects.flatMap(\.unknown) == [ProposalID(7)])
    #expect(effects.compactMap(\.effects.snapshot) == [snapshot])
  }

  @Test func `a follower answers a forwarded write when it has applied it`() {
    var node = make(of: 3)
    let position = LogPosition(index: LogIndex(1), term: Term(1))
    let waits = node.wait(for: position, id: ProposalID(9))
    #expect(waits)
    let entry = Entry(index: LogIndex(1), term: Term(1), kind: .command, payload: [])
    node.step(append([entry], after: 0, 0, commit: 1, term: 1))
    let applications = run(&node).flatMap(\.applications)
    #expect(applications.map(\.id) == [ProposalID(9)])
    let waitsAgain = node.wait(for: position, id: ProposalID(10))
    #expect(!waitsAgain, "it is applied already")
  }

  @Test func `a read comes after the entries it has to see`() throws {
    var node = make(of: 1)
    lead(&node)
    try node.propose([text(1)])
    try node.read(ReadID(5))
    let all = run(&node)
    let place = try #require(all.firstIndex { !$0.readable.isEmpty })
    let applied = all[...place].flatMap(\.applications).last?.entry.index ?? LogIndex(1)
    #expect(applied >= all[place].readable[0].index)
  }

  @Test func `a snapshot is asked for after so many entries, once at a time`() throws {
    var options = NodeOptions()
    options.snapshotInterval = 4
    options.entriesKept = 1
    var node = make(of: 1, options: options)
    lead(&node)
    try node.propose((1...5).map { text($0) })
    let asked = run(&node).compactMap(\.snapshotToTake)
    #expect(asked.map(\.position.index) == [LogIndex(6)])
    try node.propose((6...12).map { text($0) })
    let askedMeanwhile = run(&node).compactMap(\.snapshotToTake)
    #expect(askedMeanwhile.isEmpty)
    node.snapshotPersisted(asked[0])
    #expect(node.core.log.base.index == LogIndex(5))
    let askedLater = run(&node).compactMap(\.snapshotToTake)
    #expect(askedLater.map(\.position.index) == [LogIndex(13)])
  }

  @Test func `a snapshot waits until the log is as long as the one before`() throws {
    var options = NodeOptions()
    options.snapshotInterval = 2
    var node = make(of: 1, options: options)
    lead(&node)
    node.latestSnapshotBytes =
      3
      * Entry(
        index: LogIndex(1), term: Term(1), kind: .command, payload: [0]
      ).size
    var askedAt: [LogIndex] = []
    for number in 1...9 {
      try node.propose([text(UInt64(number))])
      for asked in run(&node).compactMap(\.snapshotToTake) {
        askedAt.append(asked.position.index)
        node.snapshotPersisted(asked)
      }
    }
    // The first entry is the leader's own, and has no payload.
    #expect(askedAt == [LogIndex(4), LogIndex(7), LogIndex(10)])
  }

  private func accept(_ index: UInt64, from peer: UInt64, of node: RaftNode) -> Message {
    Message(
      from: NodeID(peer), to: node.core.id, term: node.core.term,
      content: .appendReply(
        AppendReply(
          result: .accepted(matchIndex: LogIndex(index)), round: node.core.leadership?.round ?? 0)))
  }

  /// It has nothing.
  private func rejection(of append: AppendEntries, by peer: UInt64, of node: RaftNode) -> Message {
    let nothing = LogPosition(index: .zero, term: .zero)
    let rejection = Rejection(
      previousIndex: append.previous.index, hint: nothing, lastIndex: .zero)
    return Message(
      from: NodeID(peer), to: node.core.id, term: node.core.term,
      content: .appendReply(AppendReply(result: .rejected(rejection), round: append.round)))
  }

  /// How many ticks pass until a leader asks for a snapshot for n2, which is there; nil: too many.
  private func ticksUntilAsked(_ node: inout RaftNode) -> Int? {
    (1...1_000).first { _ in
      node.elapse()
      node.step(
        Message(
          from: NodeID(2), to: NodeID(1), term: node.core.term,
          content: .heartbeatReply(round: node.core.leadership?.round ?? 0)))
      return run(&node).contains { $0.snapshotToTake != nil }
    }
  }

  private var smallLog: NodeOptions {
    var options = NodeOptions()
    options.entriesKept = 2
    options.dropInterval = 3
    return options
  }

  @Test func `a node on its own keeps only the last entries that it has applied`() throws {
    var node = make(of: 1, options: smallLog)
    lead(&node)
    try node.propose((1...3).map { text($0) })
    _ = run(&node)
    let tooFew = node.dropShared(applied: LogIndex(4))
    #expect(tooFew.isEmpty && node.core.log.base.index == .zero)
    try node.propose((4...9).map { text($0) })
    _ = run(&node)
    _ = node.dropShared(applied: LogIndex(6))
    #expect(node.core.log.base.index == LogIndex(4), "the state machine is at 6")
    _ = node.dropShared(applied: LogIndex(10))
    #expect(node.core.log.base.index == LogIndex(8))
    #expect(node.core.log.snapshot.position.index == .zero, "no snapshot stands for them")
  }

  @Test func `few but large entries are dropped by their size`() throws {
    var options = NodeOptions()
    options.bytesKept = 300
    var node = make(of: 1, options: options)
    lead(&node)
    for id in 1...6 as ClosedRange<UInt64> {
      try node.propose([Proposal(id: ProposalID(id), payload: Array(repeating: 0, count: 100))])
      _ = run(&node)
      _ = node.dropShared(applied: node.core.commitIndex)
    }
    #expect(node.core.log.base.index > .zero)
    #expect(node.core.log.lastIndex == LogIndex(7))
  }

  @Test func `a leader keeps what a member does not have yet, and a follower keeps all`() throws {
    var node = make(of: 3, options: smallLog)
    lead(&node, others: [2])
    try node.propose((1...9).map { text($0) })
    _ = run(&node)
    node.step(accept(10, from: 2, of: node))
    _ = run(&node)
    #expect(node.core.commitIndex == LogIndex(10))
    _ = node.dropShared(applied: LogIndex(10))
    #expect(node.core.log.base.index == .zero, "n3 has nothing")
    node.step(accept(7, from: 3, of: node))
    _ = run(&node)
    _ = node.dropShared(applied: LogIndex(10))
    #expect(node.core.log.base.index == LogIndex(5))
    node.step(accept(10, from: 3, of: node))
    node.step(append([], after: 10, 1, commit: 10, term: 9))
    _ = run(&node)
    #expect(node.core.role == .follower)
    _ = node.dropShared(applied: LogIndex(10))
    #expect(node.core.log.base.index == LogIndex(5), "it cannot know what the others have")
  }

  @Test func `a member that joins a node with a short log waits for a newer snapshot`() throws {
    var node = make(of: 1, options: smallLog)
    lead(&node)
    try node.propose((1...9).map { text($0) })
    _ = run(&node)
    _ = node.dropShared(applied: LogIndex(10))
    try node.propose(.addLearner(NodeID(2)), payload: [])
    var asked: [SnapshotMetadata] = []
    for _ in 0..<4 {
      let all = run(&node)
      asked += all.compactMap(\.snapshotToTake)
      for message in all.flatMap(\.effects.messages) {
        guard case .appendEntries(let append) = message.content else { continue }
        node.step(rejection(of: append, by: 2, of: node))
      }
    }
    #expect(asked.map(\.position.index) == [LogIndex(11)], "once")
    #expect(asked.map(\.membership.learners) == [[NodeID(2)]])

    // One that is called off says nothing of the disk: nothing is waited for.
    for _ in 1...3 {
      node.snapshotCalledOff()
      #expect(run(&node).compactMap(\.snapshotToTake) == asked)
    }

    // The disk is full: it is asked for again, but not at once, and ever less often.
    let timeout = node.core.options.electionTicks
    for factor in [1, 2, 4, 8, 16, 32, 64, 64] {
      node.snapshotFailed()
      #expect(run(&node).allSatisfy { $0.snapshotToTake == nil })
      #expect(ticksUntilAsked(&node) == factor * timeout)
    }
    node.snapshotPersisted(asked[0])
    let sent = run(&node).flatMap(\.effects.messages).compactMap { message in
      if case .installSnapshot(let snapshot, _) = message.content { snapshot } else { nil }
    }
    #expect(sent == asked)
  }

  /// With syncs that take most of an election timeout, a host takes in many ticks at once.
  @Test func `time counts in full for a node whose host is slow`() {
    var node = make(of: 3)
    node.core.becomeCandidate(isTransfer: true)
    _ = run(&node)
    node.step(
      Message(
        from: NodeID(2), to: NodeID(1), term: node.core.term, content: .voteReply(granted: true)))
    _ = run(&node)
    let ticks = node.core.options.electionTicks
    for _ in 0..<ticks - 1 { node.elapse() }
    node.checkTimers()
    #expect(node.core.role == .leader)
    // Nobody answers: the second of such turns is beyond its patience.
    for _ in 0..<ticks - 1 { node.elapse() }
    node.checkTimers()
    #expect(node.core.role == .follower)
  }

  @Test func `a node that was slow hears what has come before it campaigns`() {
    var node = make(of: 3)
    let heartbeat = Message(
      from: NodeID(2), to: NodeID(1), term: Term(1),
      content: .heartbeat(Heartbeat(commit: .zero, round: 1)))
    // Time passes among the messages: what counts is when the last one came.
    for _ in 0..<3 {
      for _ in 0..<30 { node.elapse() }
      node.step(heartbeat)
      for _ in 0..<5 { node.elapse() }
      node.checkTimers()
      #expect(node.core.role == .follower)
    }
    // And what comes behind all the ticks is heard as well.
    for _ in 0..<30 { node.elapse() }
    node.step(heartbeat)
    node.checkTimers()
    #expect(node.core.role == .follower)
    for _ in 0..<30 { node.elapse() }
    node.checkTimers()
    #expect(node.core.role == .preCandidate)
  }

  @Test func `a learner is promoted when it has caught up`() throws {
    var node = make(of: 1)
    lead(&node)
    try node.propose(.addLearner(NodeID(2)), payload: [], id: ProposalID(1))
    _ = run(&node)
    #expect(node.core.membership.learners == [NodeID(2)])
    let reply = AppendReply(
      result: .accepted(matchIndex: LogIndex(2)), round: node.core.round)
    // One that has never answered has no vote to give, however short the log is.
    node.tick()
    _ = run(&node)
    #expect(node.core.membership.learners == [NodeID(2)])
    node.step(
      Message(
        from: NodeID(2), to: NodeID(1), term: node.core.term, content: .appendReply(reply)))
    node.tick()
    _ = run(&node)
    #expect(node.core.membership.voters == [NodeID(1), NodeID(2)])
  }
}
