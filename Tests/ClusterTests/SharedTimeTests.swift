import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// What the other tests take for granted: see ``SharedTime``.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SharedTimeTests {
  @Test func `a leader that waits for its disk is not replaced, nor is what it writes in doubt`()
    async throws
  {
    let cluster = try TestCluster()
    let names = ["node1", "node2", "node3"]
    let disks = names.map { _ in Fullness() }
    var nodes: [TestNode] = []
    for (name, disk) in zip(names, disks) {
      nodes.append(
        try await cluster.start(
          name, peers: names.filter { $0 != name }, fullness: disk,
          electionTimeout: .milliseconds(200)))
    }
    for name in names { await cluster.journalist.wait(for: "node=\(name)", "event=bootstrapped") }
    try await nodes[0].put("key", "1")
    let isLeader = { (node: TestNode) in node.isLeader }
    let place = try #require(nodes.firstIndex(where: isLeader))
    let (leader, other) = (nodes[place], nodes[(place + 1) % 3])
    let (term, changes) = (leader.node.status.term, other.node.status.leaderChanges)
    disks[place].stall(.log)
    async let written = other.put("key", "2")
    // By a time of their own the others would have elected one of them by then.
    try await Task.sleep(for: .seconds(1))
    disks[place].goOn()
    _ = try await written
    #expect(leader.isLeader && leader.node.status.term == term)
    #expect(other.node.status.leaderChanges == changes)
    for node in nodes { await node.stop() }
  }
}
