import HTTP
import RunSupport
import Store
import Testing
import WAL

@testable import Cluster
@testable import Replication

/// How large a command may be: the same on every node, alone or not.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct EntryLimitTests {
  /// A value with which the command takes so many bytes in the log.
  private func value(for bytes: Int) throws -> String {
    var encoded: [UInt8] = []
    Put(try Path(Array("/key".utf8)), []).encode(into: &encoded)
    return String(repeating: "x", count: bytes - encoded.count)
  }

  private func put(_ value: String, at node: TestNode) async throws -> (status: Int, text: String) {
    try await node.post("/put", #"{"key":"key","value":"\#(value)"}"#)
  }

  @Test func `a command may be as large as an entry, and no larger`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let alone = try await TestCluster().start("alone")
    let limit = TestCluster.entryBytes
    for node in [alone] + nodes {
      let refused = try await put(try value(for: limit + 1), at: node)
      #expect(refused.status == 413)
      #expect(
        refused.text == "the command takes \(limit + 1) bytes in the log, and may take \(limit)\n")
      let request = ClientRequest(
        .put, "/v2/keys/key", contentType: ContentType("application/x-www-form-urlencoded"),
        body: Array("value=".utf8) + Array(try value(for: limit + 1).utf8))
      #expect(try await node.ask(request).status == 400)
    }
    let longest = try value(for: limit)
    for node in [alone, try #require(nodes.first { !$0.isLeader })] {
      #expect(try await put(longest, at: node).text == "OK")
      #expect(try await node.value("key") == longest)
    }
    for node in nodes { #expect(try await node.value("key") == longest) }
    for node in nodes + [alone] { await node.stop() }
  }

  @Test func `a command that is too large is refused once, also while no more is taken`()
    async throws
  {
    let cluster = try TestCluster()
    let names = ["node1", "node2", "node3"]
    var nodes: [TestNode] = []
    for name in names {
      nodes.append(
        try await cluster.start(
          name, peers: names.filter { $0 != name }, electionTimeout: .seconds(2),
          uncommittedBytes: 1_000))
    }
    for name in names { await cluster.journalist.wait(for: "node=\(name)", "event=bootstrapped") }
    try await nodes[0].meetOthers()
    let (leader, others) = try nodes.byRole()
    // What it proposes from now on reaches no other node, and so it soon takes nothing more.
    for node in others { node.doorway.lose { _ in true } }
    let (taken, large) = (try value(for: 2_000), try value(for: TestCluster.entryBytes + 1))
    async let waiting = put(taken, at: leader)
    while leader.node.status.waitingProposals == 0 {
      try await Task.sleep(for: .milliseconds(1))
    }
    async let held = put("held", at: leader)
    while leader.node.status.waitingProposals == 1 {
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(try await put(large, at: leader).status == 413)
    // With every tick there is a heartbeat, and what is held is tried again.
    let enough = others[0].doorway.lossCount + 5
    while others[0].doorway.lossCount < enough {
      try await Task.sleep(for: .milliseconds(1))
    }
    for node in others { node.doorway.lose(nil) }
    #expect(try await waiting.text == "OK")
    #expect(try await held.text == "OK")
    #expect(try await leader.value("key") == "held")
    for node in nodes { await node.stop() }
  }
}
