import HTTPAPI
import Raft
import RunSupport
import Store
import Testing
import WAL
import Watch

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct NewClusterTests {
  @Test(arguments: [10, 100_000])
  func `one member's data becomes a cluster, to which others are added`(
    _ snapshotInterval: UInt64
  ) async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: snapshotInterval)
    for number in 1...30 { try await nodes[0].put("key\(number)", "\(number)") }
    try await nodes[1].node.barrier()
    let old = nodes[1].node.status
    for node in nodes { await node.stop() }

    let line = try forceNewCluster(in: cluster.path(of: "node2"))
    #expect(line.contains("is node2's alone now") && line.contains("with 30 keys"))
    let first = try await cluster.start("node2", acceptsJoins: true)
    for number in 1...30 { #expect(try await first.value("key\(number)") == "\(number)") }
    try await first.put("key", "1")
    let new = first.node.status
    #expect(new.id == old.id && new.roster.cluster != old.roster.cluster && new.term > old.term)
    #expect(new.roster.members.map(\.name) == ["node2"])
    // One who was a member finds another cluster here, and cannot disturb it.
    let left = try await cluster.start("node1", peers: ["node2", "node3"])
    await cluster.journalist.wait(for: "node=node1", "event=refused", "by=node2", "status=403")
    let second = try await cluster.start("node4", peers: ["node2"], joins: true)
    await cluster.journalist.wait(for: "node=node4", "event=members", "learners=")
    try await second.put("key", "2")
    #expect(try await first.value("key") == "2")
    for node in [second, first, left] { await node.stop() }
    // Now it is a member like others.
    let again = try await cluster.start("node2", peers: ["node4"])
    #expect(try again.localValue("key30") == "30")
    await again.stop()
  }

  @Test func `nothing but a member's data becomes a cluster, and only while nobody uses it`()
    async throws
  {
    func refusal(_ path: String) -> String? {
      do throws(StartError) {
        _ = try forceNewCluster(in: path)
        return nil
      } catch { return error.description }
    }
    let cluster = try TestCluster()
    #expect(refusal(cluster.path(of: "node9")) == "\(cluster.path(of: "node9")) holds no log")
    let alone = try await cluster.start("alone")
    try await alone.put("key", "1")
    #expect(refusal(cluster.path(of: "alone"))?.contains("another process") == true)
    await alone.stop()
    #expect(
      refusal(cluster.path(of: "alone"))?.hasSuffix("alone is its cluster's only member") == true)
    let member = try await cluster.start("member", peers: ["other"])
    await member.stop()
    #expect(
      refusal(cluster.path(of: "member"))?.hasSuffix("never been a member of a cluster") == true)
  }
}

/// Does what `mini-etcd force-new-cluster` does.
func forceNewCluster(in path: String) throws(StartError) -> String {
  let store = KeyValueStore()
  return try OperatorDecision.newCluster(
    in: path, registry: CommandRegistry([Put.self, Delete.self]), applyingTo: store,
    sections: [WatchHub(observing: store)])
}
