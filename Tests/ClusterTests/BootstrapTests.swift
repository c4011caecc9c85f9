import Raft
import RunSupport
import Testing

@testable import Cluster
@testable import Replication

/// What nodes were told of each other is compared before they found a cluster.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BootstrapTests {
  @Test func `nodes that were told of other members than each other found no cluster`()
    async throws
  {
    let cluster = try TestCluster()
    let first = try await cluster.start("node1", peers: ["node2", "node3"])
    let second = try await cluster.start("node2", peers: ["node1"])
    let reason =
      "-peers contradict each other: node1 is to be one of node1,node2,node3, not node1,node2"
    await cluster.journalist.wait(for: "node=node2", "event=refused", "by=node1", "status=403")
    await cluster.journalist.wait(for: "node=node1", "event=refused", "by=node2", "status=403")
    #expect(cluster.journalist.lines.contains { $0.contains(reason) })
    // Neither can be elected, whichever asks, and so nothing is bootstrapped.
    for node in [first, second] {
      #expect(node.node.status.leader == nil && node.node.status.roster.cluster == nil)
    }
    for node in [first, second] { await node.stop() }
  }

  @Test func `once there is a cluster it does not matter what nodes are told`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].put("key", "1")
    for node in nodes { await node.stop() }
    let first = try await cluster.start("node1", peers: ["node2", "node4"])
    let second = try await cluster.start("node2", peers: ["node1"])
    #expect(try await first.value("key") == "1")
    try await second.put("key", "2")
    for node in [first, second] { await node.stop() }
  }

  @Test func `one that was told otherwise does not keep the others from bootstrapping it`()
    async throws
  {
    let cluster = try TestCluster()
    let other = try await cluster.start("node3", peers: ["node1"])
    let first = try await cluster.start("node1", peers: ["node2", "node4"])
    let second = try await cluster.start("node2", peers: ["node1", "node4"])
    try await first.put("key", "1")
    #expect(try await second.value("key") == "1")
    #expect(other.node.status.roster.cluster == nil)
    for node in [first, second, other] { await node.stop() }
  }
}
