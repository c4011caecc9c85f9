import Raft
import RunSupport
import Store
import Testing

/// Raft paper, section 5.1: terms.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct Section51Tests {
  @Test func `a follower takes up a later term`() {
    var node = Subject(of: 3, term: 1)
    node.hear(append(), from: 2, term: 2)
    #expect(node.core.term == Term(2))
    #expect(node.core.role == .follower)
  }

  @Test func `a candidate takes up a later term and follows`() {
    var node = Subject(of: 3)
    node.becomeCandidate()
    #expect(node.core.role == .candidate)
    node.hear(append(), from: 2, term: 2)
    #expect(node.core.term == Term(2))
    #expect(node.core.role == .follower)
  }

  @Test func `a leader takes up a later term and follows`() {
    var node = Subject(of: 3)
    node.becomeLeader()
    #expect(node.core.role == .leader)
    node.hear(append(), from: 2, term: 2)
    #expect(node.core.term == Term(2))
    #expect(node.core.role == .follower)
  }

  @Test func `a request of an earlier term is rejected`() {
    var node = Subject(of: 3, term: 5)
    _ = node.takeSent()
    node.hear(append(Subject.entries([4])), from: 2, term: 4)
    #expect(node.terms.isEmpty)
    #expect(node.core.leader == nil)
    let replies = node.takeSent()
    #expect(replies.count == 1)
    #expect(replies.first?.term == Term(5))
    if case .appendReply(let reply)? = replies.first?.content, case .rejected = reply.result {
    } else {
      Issue.record("it was not rejected: \(replies)")
    }
  }
}
