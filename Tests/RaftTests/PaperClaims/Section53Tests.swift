import RunSupport
import Store
import Testing

@testable import Raft

/// Raft paper, section 5.3: log replication.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct Section53Tests {
  /// A leader of term 1 whose first entry all others have.
  private func leader(of count: UInt64 = 3) -> Subject {
    var node = Subject(of: count)
    node.becomeLeader()
    for follower in 2..<(count + 1) { node.acknowledge(1, by: follower) }
    _ = node.takeSent()
    return node
  }

  private func appends(_ messages: [Message]) -> [AppendEntries] {
    messages.compactMap { if case .appendEntries(let append) = $0.content { append } else { nil } }
  }

  @Test func `a leader appends a proposal and sends it to all others`() throws {
    var node = leader()
    try node.propose("x")
    #expect(node.terms == [1, 1])
    let sent = node.takeSent()
    #expect(sent.map(\.to) == [NodeID(2), NodeID(3)])
    for append in appends(sent) {
      #expect(append.previous == LogPosition(index: LogIndex(1), term: Term(1)))
      #expect(append.entries.map(\.payload) == [Array("x".utf8)])
      #expect(append.commitIndex == LogIndex(1))
    }
  }

  @Test func `an entry is committed when a majority has it`() throws {
    var node = leader()
    try node.propose("x")
    #expect(node.core.commitIndex == LogIndex(1))
    node.acknowledge(2, by: 2)
    #expect(node.core.commitIndex == LogIndex(2))
    #expect(node.committed.last?.payload == Array("x".utf8))
    // The others learn it with the next message.
    #expect(appends(node.takeSent()).last?.commitIndex == LogIndex(2))
  }

  @Test(
    arguments: [
      (1, [], true), (3, [], false), (3, [2], true), (3, [2, 3], true), (5, [], false),
      (5, [2], false), (5, [2, 3], true), (5, [2, 3, 4], true), (5, [2, 3, 4, 5], true),
      (4, [2], false), (4, [2, 3], true),
    ] as [(UInt64, [UInt64], Bool)])
  func `a commit takes a majority`(size: UInt64, acceptors: [UInt64], committed: Bool) throws {
    var node = size == 1 ? Subject(of: 1) : leader(of: size)
    if size == 1 { node.becomeLeader() }
    try node.propose("x")
    for acceptor in acceptors { node.acknowledge(2, by: acceptor) }
    #expect((node.core.commitIndex == LogIndex(2)) == committed)
  }

  @Test(arguments: [[], [2], [1, 2], [1]] as [[UInt64]])
  func `a commit covers all entries before it`(terms: [UInt64]) throws {
    var node = Subject(of: 3, term: 2, terms: terms)
    node.becomeLeader()
    try node.propose("x")
    node.acknowledge(UInt64(terms.count) + 2, by: 2)
    #expect(node.committed.map(\.index.rawValue) == Array(1...UInt64(terms.count) + 2))
    #expect(node.committed.map(\.term.rawValue) == terms + [3, 3])
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a follower applies what the leader says is committed`(commit: UInt64) {
    var node = Subject(of: 3)
    node.hear(append(Subject.entries([1, 1, 1]), commit: commit), from: 2, term: 1)
    #expect(node.committed == Array(Subject.entries([1, 1, 1]).prefix(Int(commit))))
  }

  struct Check: Sendable {
    var index: UInt64
    var term: UInt64
    var accepted: UInt64?
    var hint: LogPosition?
  }

  @Test(arguments: [
    // Its log is 1/1 2/2, of which 1/1 is committed.
    Check(index: 0, term: 0, accepted: 1),  // Before what is committed: it has that, surely.
    Check(index: 1, term: 1, accepted: 1),
    Check(index: 2, term: 2, accepted: 2),
    Check(index: 2, term: 3, hint: LogPosition(index: LogIndex(2), term: Term(2))),
    Check(index: 3, term: 3, hint: LogPosition(index: LogIndex(2), term: Term(2))),
    Check(index: 2, term: 1, hint: LogPosition(index: LogIndex(1), term: Term(1))),
  ])
  func `a follower checks what stands before new entries`(_ check: Check) throws {
    var node = Subject(of: 3, term: 3, terms: [1, 2], commit: 1)
    _ = node.takeSent()
    node.hear(append(after: check.index, term: check.term), from: 2, term: 3)
    guard case .appendReply(let reply)? = node.takeSent().first?.content else {
      Issue.record("no reply")
      return
    }
    switch reply.result {
    case .accepted(let index): #expect(index.rawValue == check.accepted)
    case .rejected(let rejection):
      #expect(rejection.hint == check.hint)
      #expect(rejection.previousIndex.rawValue == check.index)
    }
  }

  @Test(
    arguments: [
      (2, 2, [3], [1, 2, 3]),
      (1, 1, [3, 4], [1, 3, 4]),
      (0, 0, [1], [1, 2]),
      (0, 0, [3], [3]),
      (0, 0, [1, 2], [1, 2]),
      (1, 1, [2], [1, 2]),
    ] as [(UInt64, UInt64, [UInt64], [UInt64])])
  func `a follower replaces what contradicts, and only that`(
    index: UInt64, term: UInt64, terms: [UInt64], result: [UInt64]
  ) {
    var node = Subject(of: 3, term: 4, terms: [1, 2])
    let entries = Subject.entries(terms, after: index)
    node.hear(append(after: index, term: term, entries), from: 2, term: 4)
    #expect(node.terms == result)
  }

  @Test(
    arguments: [(2, 3, []), (1, 2, []), (1, 1, [3]), (0, 0, [1, 3])]
      as [(UInt64, UInt64, [UInt64])])
  func `a leader that contradicts what is committed is not followed`(
    index: UInt64, term: UInt64, terms: [UInt64]
  ) {
    var node = Subject(of: 3, term: 4, terms: [1, 2], commit: 2)
    let entries = Subject.entries(terms, after: index)
    node.hear(append(after: index, term: term, entries), from: 2, term: 4)
    guard case .committedEntryContradicted? = node.core.violation else {
      Issue.record("\(String(describing: node.core.violation))")
      return
    }
    #expect(node.takeSent().isEmpty && node.terms == [1, 2])
  }

  @Test func `nor one whose heartbeat does`() {
    var node = Subject(of: 3, term: 4, terms: [1, 2], commit: 2)
    let commit = LogPosition(index: LogIndex(2), term: Term(3))
    node.hear(.heartbeat(Heartbeat(commit: commit, round: 1)), from: 2, term: 4)
    #expect(node.core.violation != nil && node.takeSent().isEmpty)
  }

  @Test(
    arguments: [
      // The paper's figure 7, followers (a) to (f).
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ] as [[UInt64]])
  func `a leader brings any follower in line`(follower terms: [UInt64]) throws {
    let leaderTerms: [UInt64] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    var leader = Subject(id: 1, of: 3, term: 8, terms: leaderTerms, commit: 3)
    var follower = Subject(id: 2, of: 3, term: 8, terms: terms, commit: 3)
    // The third one makes the majority.
    leader.becomeCandidate()
    leader.hear(.voteReply(granted: true), from: 3, term: leader.core.term.rawValue)
    #expect(leader.core.role == .leader)
    try leader.propose("x")
    var messages = 0
    while true {
      let toFollower = leader.takeSent().filter { $0.to == NodeID(2) }
      for message in toFollower { follower.run { $0.step(message) } }
      let replies = follower.takeSent().filter { $0.to == NodeID(1) }
      for message in replies { leader.run { $0.step(message) } }
      messages += toFollower.count
      if toFollower.isEmpty, replies.isEmpty { break }
    }
    #expect(follower.terms == leader.terms)
    #expect(follower.core.commitIndex == leader.core.commitIndex)
    #expect(messages <= 8, "a rejection should skip whole terms")
  }
}
