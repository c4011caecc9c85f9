import HTTPAPI
import RunSupport
import Store
import Testing
import WAL

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct LoneNodeTests {
  private let registry = CommandRegistry([Put.self, Delete.self])

  @Test func `a data directory of steps 3 to 5 opens with all its keys`() async throws {
    let cluster = try TestCluster()
    var policy = SnapshotPolicy()
    policy.entries = 30
    let earlier = try JournalingProposer.open(
      PosixDisk(path: cluster.path(of: "node1")), store: KeyValueStore(), registry: registry,
      time: SteadyTime(), snapshots: policy
    ) { _ in }.proposer
    for number in 1...100 {
      let path = try Path(Array("/key\(number)".utf8))
      _ = try await earlier.propose(Put(path, Array("\(number)".utf8)))
    }
    await earlier.close()
    var node = try await cluster.start("node1")
    for number in 1...100 { #expect(try await node.value("key\(number)") == "\(number)") }
    try await node.put("key101", "101")
    await node.stop()
    node = try await cluster.start("node1")
    #expect(try await node.value("key101") == "101")
    #expect(try await node.value("key1") == "1")
    await node.stop()
  }

  @Test func `a lone node leads before any time has passed`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1")
    try await node.put("key", "1")
    #expect(node.isLeader)
    await node.stop()
  }

  @Test func `a directory is refused to whom it does not belong`() async throws {
    let cluster = try TestCluster()
    let alone = try await cluster.start("alone")
    try await alone.put("key", "1")
    await alone.stop()
    await #expect(throws: StartError.self) { try await cluster.start("alone", peers: ["other"]) }
    let member = try await cluster.start("member", peers: ["other"])
    await member.stop()
    await #expect(throws: StartError.self) { try await cluster.start("member") }
    let again = try await cluster.start("alone")
    #expect(try await again.value("key") == "1")
    await again.stop()
  }
}
