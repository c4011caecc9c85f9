import Raft
import RunSupport
import Store
import Testing

@testable import RaftSimulation
@testable import ReplicaSimulation
@testable import Replication

/// What a leader does with what another member forwards, honest or not.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ForwardedTests {
  private let cluster = VirtualCluster()

  private func startLed(
    _ change: (inout NodeSettings) -> Void = { _ in }
  ) throws -> (leader: VirtualNode, follower: VirtualNode) {
    for name in cluster.names { try cluster.start(name, change: change) }
    try cluster.tick { cluster.names.allSatisfy { cluster[$0].replica.roster.cluster != nil } }
    let leader = try #require(cluster.leader)
    return (leader, try #require(cluster.running.first { $0 !== leader }))
  }

  /// What a leader answers a member that forwards operations.
  private func answer(
    of leader: VirtualNode, to follower: VirtualNode, _ operations: [Replication.Operation]
  ) throws -> ForwardResult {
    try leader.replica.hear(.peer(follower.id, [.forward(first: 7, operations)]))
    try leader.replica.turn()
    for sent in leader.host.takeSent() {
      let messages = try PeerMessage.list(sent.messages.bytes, from: leader.id, to: sent.peer)
      for case .forwarded(first: 7, count: operations.count, let result) in messages {
        return result
      }
    }
    throw NoAnswer()
  }

  private struct NoAnswer: Error {}

  @Test func `a forwarded command too large for the log is refused, and writes go on`() throws {
    let (leader, follower) = try startLed { $0.entryBytes = 1_000 }
    let last = leader.replica.node.core.log.lastIndex
    let small = try VirtualNode.put("a", "1")
    // Each character takes six bytes in the log.
    let large = try VirtualNode.put("b", String(repeating: "<", count: 200))
    let result = try answer(of: leader, to: follower, [.command(small), .command(large)])
    #expect(result == .refused("the command takes 1234 bytes in the log, and may take 1000"))
    #expect(leader.replica.node.core.log.lastIndex == last)
    let write = try follower.put("a", "2")
    try cluster.tick(2)
    #expect(write.isSuccess)
  }

  @Test(arguments: [
    #"{"do":"expire","now":8000000000000000,"limit":1000}"#,
    #"{"do":"put","key":"/a","value":"1","at":8000000000000000}"#,
  ])
  func `a forwarded command that says what time it is is refused`(_ operation: String) throws {
    let message = Array(#"{"t":"forward","first":7,"ops":[\#(operation)]}"#.utf8)
    #expect(throws: PeerError("a forwarded command must not be stamped")) {
      try PeerMessage.list(message, from: NodeID(1), to: NodeID(2))
    }
  }

  @Test func `a write that another leader is given again is stamped again`() throws {
    let (leader, _) = try startLed()
    let write = Answer<Outcome>()
    let put = try VirtualNode.put("a", "1", timeToLive: 100)
    try leader.replica.hear(.write(.command(put), write.reply))
    try cluster.tick(40) { $0.from != leader.id && $0.to != leader.id }
    #expect(write.result == nil && !leader.replica.isLeader)
    try cluster.tick { write.result != nil }
    #expect(write.isSuccess)
    let forwarded = #""ops":[{"do":"put","key":"/a","value":"1","ttl":100}]"#
    #expect(String(decoding: cluster.record, as: UTF8.self).contains(forwarded))
  }

  @Test func `a request with more reads than a member asks for is refused`() throws {
    func read(_ count: Int) throws -> Int {
      let messages = (0..<count).map { #"{"t":"read","id":\#($0)}"# }.joined(separator: ",")
      return try PeerMessage.list(Array(messages.utf8), from: NodeID(1), to: NodeID(2)).count
    }
    #expect(try read(PeerLimits.reads) == PeerLimits.reads)
    #expect(throws: PeerError("a request must ask for at most 1000 reads")) {
      try read(PeerLimits.reads + 1)
    }
  }

  @Test func `a request that answers more operations than a member's clients wait for is refused`()
    throws
  {
    func read(_ counts: [Int]) throws -> Int {
      let messages = counts.map { #"{"t":"forwarded","first":1,"count":\#($0)}"# }
      let bytes = Array(messages.joined(separator: ",").utf8)
      return try PeerMessage.list(bytes, from: NodeID(1), to: NodeID(2)).count
    }
    let most = PeerLimits.forwardedOperations
    let count = PeerLimits.answeredOperations / most
    let all = Array(repeating: most, count: count)
    #expect(try read(all) == count)
    #expect(throws: PeerError("a request must answer at most 1048576 operations")) {
      try read(all + [1])
    }
    #expect(throws: PeerError("a message must name at most 65536 operations, not 65537")) {
      try read([most + 1])
    }
  }

  @Test(arguments: [
    (#""name":"","urls":["http://10.0.0.1:1","http://[::1]:1"]"#, true),
    (#""name":"node4","urls":[],"clientURLs":["https://proxy:1"]"#, true),
    (#""name":"a,b","urls":["http://h:1"]"#, false),
    (#""name":"a\nb","urls":["http://h:1"]"#, false),
    (#""name":"\#(String(repeating: "x", count: 65))","urls":["http://h:1"]"#, false),
    (#""name":"node4","urls":["junk"]"#, false),
    (#""name":"node4","urls":["h:1"]"#, false),
    (#""name":"node4","urls":["http://h h:1"]"#, false),
  ])
  func `a forwarded member must have a name and addresses, and one in a log may have any`(
    _ fields: String, _ isTaken: Bool
  ) throws {
    for name in ["addMember", "describe"] {
      let operation = #"{"do":"\#(name)","member":{"id":"4",\#(fields)}}"#
      let message = Array(#"{"t":"forward","first":7,"ops":[\#(operation)]}"#.utf8)
      let read = try? PeerMessage.list(message, from: NodeID(1), to: NodeID(2))
      #expect((read != nil) == isTaken, "\(operation)")
      let entry = Entry(
        index: LogIndex(1), term: Term(1), kind: .command, payload: Array(operation.utf8))
      #expect(throws: Never.self) {
        try Replication.Operation(entry, VirtualNode.registry)
      }
    }
  }
}
