import Raft
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// Links on which a large message takes longer than an election.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SlowLinkTests {
  @Test func `a value whose way takes longer than all time limits is written, by the same leader`()
    async throws
  {
    let cluster = try TestCluster(bytesPerSecond: 24_000)
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    let follower = try #require(nodes.first { !$0.isLeader })
    try await leader.put("small", "1")
    let (term, changes) = (leader.node.status.term, leader.node.status.leaderChanges)
    let before = nodes.map { cluster.bytesSent(to: $0.name) }

    // Nearly four seconds to the leader, and as long from there to each follower.
    let value = String(repeating: "x", count: 90_000)
    _ = try await follower.put("large", value).result.get()
    for node in nodes { #expect(try await node.value("large") == value) }

    #expect(leader.isLeader && leader.node.status.term == term)
    #expect(leader.node.status.leaderChanges == changes)
    // It went to each of them once; the rest is heartbeats.
    for (node, before) in zip(nodes, before) {
      let sent = cluster.bytesSent(to: node.name) - before
      #expect(sent < 2 * value.utf8.count, "\(node.name) was sent \(sent) bytes")
    }
    for node in nodes { await node.stop() }
  }
}
