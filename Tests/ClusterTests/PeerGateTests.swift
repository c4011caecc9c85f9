import Raft
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// Whatever is posted to a node's peer endpoints by somebody else than its peers.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PeerGateTests {
  /// What a member of the cluster would say, but for one thing.
  private func request(
    _ nodes: [TestNode], cluster: UInt64? = nil, from: NodeID? = nil, to: NodeID? = nil,
    incarnation: UInt64? = nil, _ messages: String
  ) throws -> String {
    let (receiver, sender) = (nodes[0].node.status, nodes[1].node.status)
    var body: [UInt8] = Array("{".utf8)
    body.appendFields(
      of: PeerIdentity(
        cluster: cluster ?? receiver.roster.cluster, from: from ?? sender.id,
        incarnation: incarnation ?? sender.incarnation, to: to ?? receiver.id))
    return String(decoding: body, as: UTF8.self) + ",\"messages\":[\(messages)]}"
  }

  /// Votes are asked for with the longest log there can be: believed, they would depose the leader.
  private let vote = #"{"t":"vote","term":7,"last":[900,6],"transfer":true}"#

  @Test func `a forged or malformed post is refused and changes nothing`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].put("key", "1")
    let before = nodes[0].node.status
    let huge = #"{"t":"vote","term":9007199254740992,"last":[1,1],"transfer":true}"#
    let absurd = #"{"t":"vote","term":9007199254740991,"last":[1,1],"transfer":true}"#
    let gap =
      #"{"t":"append","term":1,"previous":[1,1],"commit":1,"round":1,"#
      + #""entries":[{"t":"noop","i":9,"term":1,"op":null}]}"#
    let lineBreak =
      #"{"t":"append","term":1,"previous":[1,1],"commit":1,"round":1,"#
      + "\"entries\":[{\"t\":\"entry\",\"i\":2,\"term\":1,\"op\":{\n}}]}"
    let cases: [(String, Int)] = [
      ("", 400), ("garbage", 400), ("[]", 400), ("{}", 400), ("\u{0}\u{1}", 400),
      (try request(nodes, "{}"), 400),
      (try request(nodes, #"{"t":"nonsense","term":1}"#), 400),
      (try request(nodes, #"{"t":"vote","term":-1,"last":[1,1],"transfer":true}"#), 400),
      (try request(nodes, #"{"t":"vote","term":"7","last":[1,1],"transfer":true}"#), 400),
      (try request(nodes, #"{"t":"vote","term":7,"last":[1],"transfer":true}"#), 400),
      (try request(nodes, #"{"t":"forward","first":1,"ops":[{"do":"nothing known"}]}"#), 400),
      (try request(nodes, huge), 400), (try request(nodes, absurd), 400),
      (try request(nodes, gap), 400), (try request(nodes, lineBreak), 400),
      (try request(nodes, vote + "," + huge), 400),
      (try request(nodes, cluster: 1, vote), 403),
      (try request(nodes, to: NodeID(1), vote), 403),
      (try request(nodes, from: before.id, vote), 403),
      (try request(nodes, incarnation: 1, vote), 403),
    ]
    // A member that has not said its incarnation yet cannot be told from another.
    try await nodes[0].meetOthers()
    for (body, wanted) in cases {
      let answer = try await nodes[0].post("/raft/messages", body)
      #expect(answer.status == wanted, "\(body): \(answer)")
    }
    for (body, wanted) in [("", 400), ("{}\n", 400), ("garbage\nmore", 400)] {
      let answer = try await nodes[0].post("/raft/snapshot", body)
      #expect(answer.status == wanted, "\(body): \(answer)")
    }
    try await nodes[0].put("key", "2")
    let after = nodes[0].node.status
    #expect(after.term == before.term && after.leader == before.leader)
    #expect(try await nodes[1].value("key") == "2")
    for node in nodes { await node.stop() }
  }

  @Test func `a body beyond the limit is refused unread`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1")
    let answer = try await node.post("/raft/messages", String(repeating: "x", count: 10 << 20 + 1))
    #expect(answer.status == 413)
    try await node.put("key", "1")
    await node.stop()
  }

  @Test func `what finds too much waiting for the node's thread is refused, and sent again`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let (leader, followers) = try nodes.byRole()
    let backlog = leader.node.backlog
    // Refused as well while a message waits.
    while (try? backlog.add(PeerBacklog.limit)) == nil { await Task.yield() }
    // It is known to have come to nothing.
    async let write = followers[0].put("key", "1")
    await cluster.journalist.wait(for: "node=\(followers[0].name)", "event=refused", "status=503")
    backlog.remove(PeerBacklog.limit)
    _ = try await write
    #expect(try await leader.value("key") == "1")
    for node in nodes { await node.stop() }
  }

  @Test func `with a token nobody speaks without it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(token: "open-sesame")
    try await nodes[2].put("key", "1")
    let term = nodes[0].node.status.term
    for token in [nil, "", "open-sesam", "open-sesame!", "pen-sesameo"] {
      for path in ["/raft/messages", "/raft/snapshot", "/raft/join"] {
        #expect(try await nodes[0].post(path, try request(nodes, vote), token: token).status == 401)
      }
    }
    #expect(nodes[0].node.status.term == term)
    for node in nodes { await node.stop() }
  }

  @Test func `a member that lost its directory is not believed`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    await nodes[2].stop()
    let other = try TestCluster()
    let names = nodes.map(\.name)
    // The same name and flags, and an empty directory.
    let impostor = try await other.start("node3", peers: Array(names[..<2]))
    let body = try request([nodes[0], impostor], vote)
    #expect(try await nodes[0].post("/raft/messages", body).status == 403)
    try await nodes[0].put("key", "1")
    for node in [nodes[0], nodes[1], impostor] { await node.stop() }
  }
}
