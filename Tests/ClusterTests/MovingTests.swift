import Bytes
import EtcdV2
import HTTP
import Options
import Raft
import RunSupport
import Store
import Synchronization
import Testing

@testable import Cluster
@testable import Replication

/// Members that are reached elsewhere than the others' flags say.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct MovingTests {
  @Test func `a member moves while clients write, and no other node is started again`() async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let end = End()
    let (first, second) = (nodes[0], nodes[1])
    let writer = Task {
      var number = 0
      while !end.isReached.load(ordering: .relaxed) {
        // The leader may be the one that goes: then a write's fate can be open.
        let node = number % 2 == 0 ? first : second
        if (try? await node.put("key", "\(number)")) != nil { number += 1 }
      }
      return number
    }
    await nodes[2].stop()
    let port = try cluster.move("node3")
    let id = nodes[2].node.status.id.rawValue
    while true {
      do throws(MembershipError) {
        try await first.node.updateMember(id, peerURLs: ["http://127.0.0.1:\(port)"])
        break
      } catch {
        guard case .failed = error else { throw error }
      }
    }
    let third = try await cluster.start("node3", peers: ["node1", "node2"])
    // It takes part: it knows the leader, and has what is committed.
    while third.node.status.leader == nil { try? await third.node.barrier() }
    try await third.put("from", "node3")
    #expect(try await first.value("from") == "node3")
    end.isReached.store(true, ordering: .relaxed)
    let written = await writer.value
    #expect(written > 0)
    #expect(try await third.value("key") == "\(written - 1)")
    for node in [first, second, third] { await node.stop() }
  }

  @Test func `what a member says of itself reaches the others, also if it was lost at first`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    await nodes[2].stop()
    // As with a leader that dies before others have what it was told.
    for node in nodes[..<2] {
      node.doorway.lose { request in
        String(decoding: request.body, as: UTF8.self).contains(#"{"do":"describe""#)
      }
    }
    let url = try ClientURL(flagText: "http://example.org:80")
    let third = try await cluster.start("node3", peers: ["node1", "node2"], clientURL: url)
    while nodes[0].doorway.lossCount + nodes[1].doorway.lossCount == 0 {
      try await Task.sleep(for: .milliseconds(1))
    }
    for node in nodes[..<2] { node.doorway.lose(nil) }
    let id = third.node.status.id
    while nodes[0].node.status.roster[id]?.clientURLs != [url.flagText] {
      try await Task.sleep(for: .milliseconds(1))
    }
    // It is not said again: an operator may know better from now on.
    let urls = ["http://127.0.0.1:1", "http://127.0.0.1:\(third.doorway.port)"]
    try await nodes[0].node.updateMember(id.rawValue, peerURLs: urls)
    // As many heartbeats as there are in three election timeouts.
    let enough = third.doorway.answerCount + 150
    while third.doorway.answerCount < enough { try await Task.sleep(for: .milliseconds(1)) }
    try await third.node.barrier()
    #expect(third.node.status.roster[id]?.urls == urls)
    for node in [nodes[0], nodes[1], third] { await node.stop() }
  }

  private final class End: Sendable {
    let isReached = Atomic(false)
  }

  @Test func `of several addresses the one that leads to the peer is kept`() throws {
    let target = PeerTarget(NodeID(1))
    let all = try ["a:1", "b:1", "c:1"].map { try HostPort(flagText: $0) }
    target.failed(at: all[0])
    target.aim("node1", all)
    #expect(target.addresses == all)
    target.failed(at: all[0])
    // Both lanes may say so.
    target.failed(at: all[0])
    #expect(target.addresses == [all[1], all[2], all[0]])
    target.failed(at: all[1])
    target.failed(at: all[2])
    #expect(target.addresses == all)
    target.reached(at: all[2])
    target.aim("node1", all)
    #expect(target.addresses == [all[2], all[0], all[1]])
    target.aim("node1", [all[1]])
    #expect(target.addresses == [all[1]])
    target.failed(at: all[1])
    #expect(target.addresses == [all[1]])
  }
}
