import Raft
import RunSupport
import Store
import Testing

/// What a follower may take for committed.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CommitTests {
  @Test func `an append commits no more than it has shown to be equal`() {
    // Its log is 1/1 2/1 3/1; of the leader's, only 2/1 is known to be the same.
    var node = Subject(of: 3, term: 2, terms: [1, 1, 1])
    node.hear(append(after: 2, term: 1, commit: 3), from: 2, term: 2)
    #expect(node.core.commitIndex == LogIndex(2))
    node.hear(
      append(after: 1, term: 1, Subject.entries([1], after: 1), commit: 3), from: 2, term: 2)
    #expect(node.core.commitIndex == LogIndex(2))
  }

  @Test func `a heartbeat commits what the follower holds, and nothing else`() {
    var node = Subject(of: 3, term: 2, terms: [1, 1, 1])
    node.hear(heartbeat(commit: 3, term: 2), from: 2, term: 2)
    #expect(node.core.commitIndex == .zero)
    node.hear(heartbeat(commit: 2, term: 1), from: 2, term: 2)
    #expect(node.core.commitIndex == LogIndex(2))
    node.hear(heartbeat(commit: 7, term: 2), from: 2, term: 2)
    #expect(node.core.commitIndex == LogIndex(2))
  }
}
