import Store
import Testing

@testable import Cluster

@Suite(.timeLimit(.minutes(5))) struct ForwardingTests {
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
