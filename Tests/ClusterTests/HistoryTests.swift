import RunSupport
import Store
import Testing
import Watch

@testable import Cluster
@testable import Replication

/// A watcher that was away goes on where it was, also at a node that has its state from a snapshot.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct HistoryTests {
  private func put(_ range: ClosedRange<Int>, at node: TestNode) async throws {
    for number in range { try await node.put("key\(number % 7)", "\(number)") }
  }

  /// Compares what watchers are told of each of the latest events, which are ordinary puts.
  private func check(_ node: TestNode, knowsLatest count: Int, _ values: ClosedRange<Int>)
    async throws
  {
    let last = node.store.storeIndex.rawValue
    for back in 0..<count {
      let index = last - UInt64(back)
      let answer = try await node.get("/v2/keys?wait=true&recursive=true&waitIndex=\(index)")
      #expect(answer.status == 200, "\(node.name), \(back) back: \(answer.text)")
      let value = values.upperBound - back
      #expect(
        answer.text.contains(
          #""node":{"key":"/key\#(value % 7)","value":"\#(value)","modifiedIndex":\#(index),"#))
      #expect(
        answer.text.contains(#""prevNode":{"key":"/key\#(value % 7)","value":"\#(value - 7)","#))
    }
  }

  @Test func `a node that is brought up by a snapshot knows what went before it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    await nodes[2].stop()
    try await put(1...150, at: nodes[0])
    var third = try await cluster.start("node3", peers: ["node1", "node2"], snapshotInterval: 40)
    await cluster.journalist.wait(for: "node=node3", "event=snapshot_installed")
    try await third.node.barrier()
    for node in [nodes[0], third] { try await check(node, knowsLatest: 140, 1...150) }
    #expect(third.hub.capture().count == nodes[0].hub.capture().count)
    // What was installed is in force after a restart, too.
    await third.stop()
    third = try await cluster.start("node3", peers: ["node1", "node2"], snapshotInterval: 40)
    try await third.node.barrier()
    try await check(third, knowsLatest: 140, 1...150)
    for node in [nodes[0], nodes[1], third] { await node.stop() }
  }

  @Test func `a cluster that is made of one member's data keeps the history`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    try await put(1...100, at: nodes[0])
    try await nodes[1].node.barrier()
    for node in nodes { await node.stop() }
    _ = try forceNewCluster(in: cluster.path(of: "node2"))
    let node = try await cluster.start("node2")
    try await check(node, knowsLatest: 90, 1...100)
    await node.stop()
  }
}
