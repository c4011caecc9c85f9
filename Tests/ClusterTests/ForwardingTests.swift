import HTTP
import Loop
import RunSupport
import Store
import Synchronization
import Testing

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ForwardingTests {
  @Test func `what a leader cannot have got any more goes to the next one`() async throws {
    let cluster = try TestCluster()
    var nodes = try await cluster.startThree()
    try await nodes[0].put("key", "before")
    let isLeader = { (node: TestNode) in node.isLeader }
    let place = try #require(nodes.firstIndex(where: isLeader))
    await nodes.remove(at: place).crash()
    // The followers still take it for the leader.
    let writes = nodes.map { node in Task { try await node.put(node.name, "1").result.get() } }
    for write in writes { _ = try await write.value }
    for node in nodes {
      for other in nodes { #expect(try await node.value(other.name) == "1") }
    }
    for node in nodes { await node.stop() }
  }

  @Test func `what was delivered is not repeated because something on the way says it failed`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    let follower = try #require(nodes.first { !$0.isLeader })
    try await leader.put("key", "before")
    let index = leader.store.storeIndex
    leader.doorway.answersBadGateway.store(true, ordering: .relaxed)
    for number in 1...3 { _ = try await follower.put("key", "\(number)").result.get() }
    leader.doorway.answersBadGateway.store(false, ordering: .relaxed)
    // Whatever else has been forwarded comes before this.
    _ = try await follower.put("key", "last").result.get()
    #expect(leader.store.storeIndex.rawValue == index.rawValue + 4)
    for node in nodes { await node.stop() }
  }

  @Test func `only a gate's own refusal says that nothing was taken`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(token: "a-token-of-the-cluster")
    let refusal = try await nodes[0].perform(ClientRequest(.post, "/raft/messages"))
    #expect(refusal.status == .unauthorized && PeerRefusal.isCertain(refusal))
    let other = try await nodes[0].perform(ClientRequest(.get, "/raft/messages"))
    #expect(other.status == .methodNotAllowed && !PeerRefusal.isCertain(other))
    for node in nodes { await node.stop() }
  }

  @Test func `a node that starts does not number its questions as it did before`() {
    #expect(PeerMessage.firstNumber() != PeerMessage.firstNumber())
    #expect(PeerMessage.firstNumber() < PeerLimits.number / 2)
  }

  @Test func `a key written at any node runs out at the same moment on every node`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for node in nodes {
      let path = try Path(Array("/\(node.name)".utf8))
      _ = try await node.node.propose(Put(path, [], timeToLive: 100))
      var moments: Set<Timestamp> = []
      for other in nodes {
        try await other.node.barrier()
        let expiration = try other.store.get(path).node.info.expiration
        moments.insert(try #require(expiration, "\(other.name) would keep it for ever"))
      }
      #expect(moments.count == 1)
    }
    for node in nodes { await node.stop() }
  }
}
