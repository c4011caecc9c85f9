import HTTP
import Raft
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// What programs that are no members, and web pages, post to the peer endpoints.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct StrangerTests {
  /// A request that only a member could mean, and what it is answered.
  struct Forgery: CustomTestStringConvertible, Sendable {
    var path = "/raft/messages"
    var headers: [(StaticString, String)] = []
    var contentType: ContentType? = .json
    var body: String
    var status: Int
    var testDescription: String { "\(path) \(contentType?.text ?? "") \(headers) \(body)" }
  }

  private static func message(_ text: String, from sender: NodeID = NodeID(0xBAD)) -> String {
    #"{"cluster":null,"from":"\#(sender.hex)","incarnation":"1","#
      + #""to":"\#(NodeID(initialMember: "node1").hex)","messages":[\#(text)]}"#
  }

  private static let append =
    #"{"t":"append","term":900000,"previous":[0,0],"commit":0,"round":1,"entries":[]}"#
  private static let spin = #"{"t":"forwarded","first":0,"count":9007199254740991}"#
  private static let join =
    #"{"id":"1","name":"ghost","urls":["http://127.0.0.1:1"],"incarnation":"5"}"#
  private static let snapshot =
    #"{"cluster":null,"from":"bad","incarnation":"1","to":"\#(NodeID(initialMember: "node1").hex)","#
    + #""term":9,"round":1,"voters":["bad"],"learners":[],"i":9,"iterm":9,"lines":2,"bytes":9,"#
    + "\"sum\":1,\"offset\":0}\nnine byte"
  private static let page = [("Origin", "http://evil.example")] as [(StaticString, String)]
  private static let octets = ContentType("application/octet-stream")

  /// A web page can post without asking first, if it says that it posts text.
  private static let crossSite = [
    Forgery(headers: page, contentType: .plainText, body: message(append), status: 403),
    Forgery(headers: page, body: message(append), status: 403),
    Forgery(path: "/raft/join", headers: page, body: join, status: 403),
    Forgery(
      path: "/raft/snapshot", headers: page, contentType: octets, body: snapshot, status: 403),
    Forgery(contentType: .plainText, body: message(append), status: 415),
    Forgery(contentType: nil, body: message(append), status: 415),
    Forgery(
      contentType: ContentType("application/x-www-form-urlencoded"), body: message(append),
      status: 415),
    Forgery(path: "/raft/join", contentType: .plainText, body: join, status: 415),
    Forgery(path: "/raft/snapshot", contentType: .plainText, body: snapshot, status: 415),
    Forgery(path: "/raft/snapshot", body: snapshot, status: 415),
  ]

  private static let forged = [
    Forgery(body: message(append), status: 403),
    Forgery(body: message(append, from: NodeID(0xBAD2)), status: 403),
    Forgery(body: message(spin), status: 400),
    Forgery(body: message(#"{"t":"forwarded","first":0,"count":65536}"#), status: 403),
    Forgery(path: "/raft/snapshot", contentType: octets, body: snapshot, status: 403),
  ]

  private func post(_ forgery: Forgery, to node: TestNode, token: String? = nil) async throws {
    var request = ClientRequest(
      .post, forgery.path, contentType: forgery.contentType, body: Array(forgery.body.utf8))
    for (name, value) in forgery.headers { request.addHeader(name, Array(value.utf8)) }
    let answer = try await node.ask(request, token: token)
    #expect(answer.status == forgery.status, "\(forgery): \(answer.text)")
  }

  @Test(arguments: [nil, "open-sesame"])
  func `a node without others takes nothing from strangers`(_ token: String?) async throws {
    let cluster = try TestCluster()
    var node = try await cluster.start("node1", token: token)
    try await node.put("key", "1")
    let before = node.node.status
    for forgery in Self.crossSite + Self.forged {
      try await post(forgery, to: node, token: token)
      // With the token a node may join; what else is sent is refused for the same reasons.
      if token != nil { try await post(forgery.refusedForToken, to: node) }
    }
    if token == nil {
      try await post(Forgery(path: "/raft/join", body: Self.join, status: 403), to: node)
    }
    // Still at work, and as before.
    try await node.put("key", "2")
    let after = node.node.status
    #expect(after.role == .leader && after.term == before.term)
    #expect(after.roster == before.roster && after.lastIndex == before.lastIndex + 1)
    await node.stop()
    node = try await cluster.start("node1", token: token)
    #expect(try await node.value("key") == "2")
    await node.stop()
  }

  @Test(arguments: [nil, "open-sesame"])
  func `a cluster takes nothing from strangers`(_ token: String?) async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(token: token)
    try await nodes[0].put("key", "1")
    // A member that has not said its incarnation yet cannot be told from another.
    try await nodes[0].meetOthers()
    let before = nodes[0].node.status
    let asMember = Self.message(Self.append, from: nodes[1].node.status.id)
    let ownCluster = Self.message(Self.append).replacing(
      "null", with: "\"\(NodeID(before.roster.cluster ?? 0).hex)\"")
    let more = [
      Forgery(body: asMember, status: 403), Forgery(body: ownCluster, status: 403),
    ]
    for forgery in Self.crossSite + Self.forged + more {
      try await post(forgery, to: nodes[0], token: token)
      if token != nil { try await post(forgery.refusedForToken, to: nodes[0]) }
    }
    try await nodes[0].put("key", "2")
    let after = nodes[0].node.status
    #expect(after.leader == before.leader && after.term == before.term)
    #expect(after.roster == before.roster)
    for node in nodes { await node.stop() }
  }

  @Test func `a node that is about to found a cluster takes nothing from strangers`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1", peers: ["node2", "node3"])
    for forgery in Self.crossSite + Self.forged { try await post(forgery, to: node) }
    let ofSomeCluster = Self.message(Self.append).replacing("null", with: "\"77\"")
    try await post(Forgery(body: ofSomeCluster, status: 403), to: node)
    #expect(node.node.status.leader == nil && node.node.status.term == .zero)
    await node.stop()
  }
}

extension StrangerTests.Forgery {
  fileprivate var refusedForToken: Self {
    var copy = self
    if copy.headers.isEmpty { copy.status = 401 }
    return copy
  }
}
