import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ThreeNodesTests {
  @Test func `what is written to any node is read from every node`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for node in nodes { try await node.put("from-\(node.name)", "1") }
    for node in nodes {
      for other in nodes { #expect(try await node.value("from-\(other.name)") == "1") }
    }
    #expect(nodes.filter(\.isLeader).count == 1)
    for node in nodes { await node.stop() }
  }

  @Test func `a node that has answered a write has applied it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for round in 1...20 {
      for node in nodes {
        try await node.put("key", "\(round) at \(node.name)")
        #expect(try node.localValue("key") == "\(round) at \(node.name)")
      }
    }
    for node in nodes { await node.stop() }
  }

  @Test func `a refused command is refused in the same words on every node`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].put("directory/file", "1")
    for node in nodes {
      let outcome = try await node.put("directory", "1")
      #expect(throws: StoreError.notAFile(try Path(Array("/directory".utf8)))) {
        try outcome.result.get()
      }
    }
    for node in nodes { await node.stop() }
  }

  @Test func `a stop hands leadership over, and the others go on`() async throws {
    let cluster = try TestCluster()
    var nodes = try await cluster.startThree()
    try await nodes[0].put("key", "before")
    let isLeader = { (node: TestNode) in node.isLeader }
    let place = try #require(nodes.firstIndex(where: isLeader))
    let leader = nodes.remove(at: place)
    await leader.stop()
    for node in nodes {
      try await node.put("key", node.name)
      #expect(try await nodes[0].value("key") == node.name)
    }
    let again = try await cluster.start(leader.name, peers: nodes.map(\.name))
    #expect(try await again.value("key") == nodes[1].name)
    for node in nodes + [again] { await node.stop() }
  }

  @Test func `all nodes come back with everything`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for number in 1...50 { try await nodes[number % 3].put("key\(number)", "\(number)") }
    for node in nodes { await node.stop() }
    var again: [TestNode] = []
    for node in nodes {
      let peers = nodes.map(\.name).filter { $0 != node.name }
      again.append(try await cluster.start(node.name, peers: peers))
    }
    for number in 1...50 {
      #expect(try await again[number % 3].value("key\(number)") == "\(number)")
    }
    for node in again { await node.stop() }
  }

  @Test func `a node that was away for too long catches up by a snapshot`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    await nodes[2].stop()
    for number in 1...150 { try await nodes[0].put("key\(number % 7)", "\(number)") }
    let again = try await cluster.start("node3", peers: ["node1", "node2"], snapshotInterval: 40)
    await cluster.journalist.wait(for: "node=node3", "event=snapshot_installed")
    #expect(try await again.value("key3") == "150")
    // It has said who it is by now, or will have soon.
    while again.node.status.roster != nodes[0].node.status.roster { try await again.node.barrier() }
    await again.stop()
    // What was installed is durable, and more can be written behind it.
    let third = try await cluster.start("node3", peers: ["node1", "node2"], snapshotInterval: 40)
    try await third.put("key", "after")
    #expect(try await third.value("key3") == "150")
    for node in [nodes[0], nodes[1], third] { await node.stop() }
  }
}
