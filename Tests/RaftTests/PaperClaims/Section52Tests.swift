import RunSupport
import Store
import Testing

@testable import Raft

/// Raft paper, section 5.2: leader election.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct Section52Tests {
  @Test func `a node starts as a follower`() {
    #expect(Subject(of: 3).core.role == .follower)
  }

  @Test func `a leader sends heartbeats to all others`() {
    var node = Subject(of: 3)
    node.becomeLeader()
    _ = node.takeSent()
    node.tick(node.core.options.heartbeatTicks)
    let beats = node.takeSent().filter { if case .heartbeat = $0.content { true } else { false } }
    #expect(beats.map(\.to) == [NodeID(2), NodeID(3)])
    #expect(beats.allSatisfy { $0.term == Term(1) })
  }

  @Test func `a follower that hears nobody begins an election`() {
    expectNewElection(from: Subject(of: 3, term: 1), newTerm: 2)
  }

  @Test func `a candidate without a majority begins another election`() {
    var node = Subject(of: 3)
    node.becomeCandidate()
    expectNewElection(from: node, newTerm: 2)
  }

  /// It asks first, and once encouraged it raises its term, votes for itself and asks everybody.
  private func expectNewElection(from start: Subject, newTerm: UInt64) {
    var node = start
    node.tick(2 * node.core.options.electionTicks)
    #expect(node.core.role == .preCandidate)
    _ = node.takeSent()
    node.hear(.preVoteReply(granted: true, commit: .zero), from: 2, term: newTerm)
    #expect(node.core.role == .candidate)
    #expect(node.core.term == Term(newTerm))
    #expect(node.core.vote == NodeID(1))
    let requests = node.takeSent()
    #expect(requests.map(\.to) == [NodeID(2), NodeID(3)])
    for request in requests {
      #expect(request.term == Term(newTerm))
      if case .requestVote = request.content {} else { Issue.record("\(request)") }
    }
  }

  struct Election: Sendable {
    var size: UInt64
    var votes: [UInt64: Bool]
    var outcome: Role
  }

  @Test(arguments: [
    // A majority of votes wins.
    Election(size: 1, votes: [:], outcome: .leader),
    Election(size: 3, votes: [2: true, 3: true], outcome: .leader),
    Election(size: 3, votes: [2: true], outcome: .leader),
    Election(size: 5, votes: [2: true, 3: true, 4: true, 5: true], outcome: .leader),
    Election(size: 5, votes: [2: true, 3: true, 4: true], outcome: .leader),
    Election(size: 5, votes: [2: true, 3: true], outcome: .leader),
    // A majority against it, and it follows.
    Election(size: 3, votes: [2: false, 3: false], outcome: .follower),
    Election(size: 5, votes: [2: false, 3: false, 4: false, 5: false], outcome: .follower),
    Election(size: 5, votes: [2: true, 3: false, 4: false, 5: false], outcome: .follower),
    // Neither: it waits.
    Election(size: 3, votes: [:], outcome: .candidate),
    Election(size: 5, votes: [2: true], outcome: .candidate),
    Election(size: 5, votes: [2: false, 3: false], outcome: .candidate),
    Election(size: 4, votes: [2: true], outcome: .candidate),
    Election(size: 4, votes: [2: true, 3: true], outcome: .leader),
    Election(size: 5, votes: [:], outcome: .candidate),
  ])
  func `an election is won in one round by a majority`(_ election: Election) {
    var node = Subject(of: election.size)
    node.becomeCandidate()
    for (voter, granted) in election.votes.sorted(by: { $0.key < $1.key }) {
      node.hear(.voteReply(granted: granted), from: voter, term: 1)
    }
    #expect(node.core.role == election.outcome)
    #expect(node.core.term == Term(1))
  }

  @Test(
    arguments: [
      (nil, 2, true), (nil, 3, true), (2, 2, true), (3, 3, true), (2, 3, false), (3, 2, false),
    ] as [(UInt64?, UInt64, Bool)])
  func `a voter gives one vote a term`(vote: UInt64?, candidate: UInt64, granted: Bool) {
    var node = Subject(of: 3, term: 1, vote: vote)
    _ = node.takeSent()
    node.hear(voteRequest(lastIndex: 0, lastTerm: 0), from: candidate, term: 1)
    #expect(node.takeSent().map(\.content) == [.voteReply(granted: granted)])
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `a candidate follows a leader of its term or a later one`(term: UInt64) {
    var node = Subject(of: 3)
    node.becomeCandidate()
    node.hear(append(), from: 2, term: term)
    #expect(node.core.role == .follower)
    #expect(node.core.term == Term(term))
    #expect(node.core.leader == NodeID(2))
  }

  @Test func `a follower's election timeout is random between one and two`() {
    expectRandomTimeouts { _ in }
  }

  @Test func `a candidate's election timeout is random between one and two`() {
    expectRandomTimeouts { $0.becomeCandidate() }
  }

  /// All the timeouts from T to 2T-1 ticks occur, and no others.
  private func expectRandomTimeouts(_ prepare: (inout Subject) -> Void) {
    var seen = Set<Int>()
    var node = Subject(of: 3, seed: 7)
    let base = node.core.options.electionTicks
    for _ in 0..<(50 * base) {
      node.run { $0.becomeFollower(term: $0.term, leader: nil) }
      prepare(&node)
      var ticks = 0
      let role = node.core.role
      repeat {
        node.tick()
        ticks += 1
      } while node.core.role == role && ticks < 3 * base
      seen.insert(ticks)
    }
    #expect(seen == Set(base..<(2 * base)))
  }

  @Test func `followers seldom time out together`() {
    expectFewCollisions { _ in }
  }

  @Test func `candidates seldom time out together`() {
    expectFewCollisions { $0.becomeCandidate() }
  }

  /// Of five nodes, one is alone the first to campaign in more than half of the cases.
  private func expectFewCollisions(_ prepare: (inout Subject) -> Void) {
    let rounds = 500
    var conflicts = 0
    for round in 0..<rounds {
      var nodes = (1...5).map { id in
        Subject(id: id, of: 5, seed: UInt64(round) * 10 + id)
      }
      for node in nodes.indices { prepare(&nodes[node]) }
      var first = 0
      while first == 0 {
        for node in nodes.indices {
          nodes[node].tick()
          if nodes[node].core.role == .preCandidate { first += 1 }
        }
      }
      if first > 1 { conflicts += 1 }
    }
    #expect(conflicts < rounds / 2, "seeds 0 to \(rounds * 10)")
  }
}
