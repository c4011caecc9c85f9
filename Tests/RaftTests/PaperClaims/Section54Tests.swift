import RunSupport
import Store
import Testing

@testable import Raft

/// Raft paper, section 5.4: safety.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct Section54Tests {
  @Test(arguments: [[1], [1, 2]] as [[UInt64]])
  func `a vote request tells where the candidate's log ends`(terms: [UInt64]) {
    var node = Subject(of: 3, terms: terms)
    node.tick(2 * node.core.options.electionTicks)
    _ = node.takeSent()
    let term = node.core.term.rawValue + 1
    node.hear(.preVoteReply(granted: true, commit: .zero), from: 2, term: term)
    let last = LogPosition(index: LogIndex(UInt64(terms.count)), term: Term(terms.last ?? 0))
    let requests = node.takeSent()
    #expect(requests.map(\.to) == [NodeID(2), NodeID(3)])
    for request in requests {
      #expect(request.term == Term(term))
      #expect(
        request.content == .requestVote(VoteRequest(lastPosition: last, isTransfer: false)))
    }
  }

  @Test(
    arguments: [
      // Equal last terms.
      ([1], 1, 1, true), ([1], 1, 2, true), ([1, 1], 1, 1, false),
      // The candidate's is later.
      ([1], 2, 1, true), ([1], 2, 2, true), ([1, 1], 2, 1, true),
      // The voter's is later.
      ([2], 1, 1, false), ([2], 1, 2, false), ([2, 2], 1, 1, false),
    ] as [([UInt64], UInt64, UInt64, Bool)])
  func `a voter refuses a log that is behind its own`(
    terms: [UInt64], lastTerm: UInt64, lastIndex: UInt64, granted: Bool
  ) {
    var node = Subject(of: 2, terms: terms)
    _ = node.takeSent()
    node.hear(voteRequest(lastIndex: lastIndex, lastTerm: lastTerm), from: 2, term: 3)
    #expect(node.takeSent().map(\.content) == [.voteReply(granted: granted)])
  }

  @Test(arguments: [(1, 0), (2, 0), (3, 3), (4, 4)] as [(UInt64, UInt64)])
  func `only entries of the leader's own term are committed by counting`(
    index: UInt64, commit: UInt64
  ) throws {
    // Two entries of older terms; its own are the third and the fourth.
    var node = Subject(of: 3, term: 2, terms: [1, 2])
    node.becomeLeader()
    try node.propose("x")
    node.acknowledge(index, by: 2)
    #expect(node.core.commitIndex == LogIndex(commit))
  }
}
