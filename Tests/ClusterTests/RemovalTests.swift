import HTTP
import Raft
import RunSupport
import Store
import Synchronization
import Testing

@testable import Cluster
@testable import Replication

/// Who may tell a node that the cluster has removed it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RemovalTests {
  @Test func `a server at a peer's address cannot end a node by saying that it was removed`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    await nodes[2].stop()
    let status = nodes[2].node.status
    for claim in Impostor.Claim.allCases {
      let impostor = Impostor(claim, in: status.roster.cluster ?? 0, as: status.id)
      nodes[2].doorway.open(impostor)
      // The leader speaks to it all the time.
      await impostor.answers(20)
      nodes[2].doorway.close()
    }
    await cluster.journalist.wait(for: "by=node3", "status=410")
    try await nodes[0].put("key", "1")
    #expect(try await nodes[1].value("key") == "1")
    #expect(!cluster.journalist.lines.contains { $0.contains("event=removed ") })
    for node in nodes[..<2] { await node.stop() }
  }

  @Test func `a node believes that it was removed when a majority of the others says so`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    // A member proves it by its incarnation, which node3 has to know from its log.
    try await nodes[2].meetOthers()
    await nodes[2].stop()
    try await nodes[0].node.removeMember(nodes[2].node.status.id.rawValue)
    // The other one has applied it, too.
    try await nodes[1].put("key", "2")
    await nodes[1].stop()
    let third = try await cluster.start("node3", peers: ["node1", "node2"])
    await cluster.journalist.wait(for: "node=node3", "by=node1", "status=410")
    let more = nodes[0].doorway.answerCount + 2
    while nodes[0].doorway.answerCount < more { try await Task.sleep(for: .milliseconds(1)) }
    #expect(!cluster.journalist.lines.contains { $0.contains("event=removed ") })
    let second = try await cluster.start("node2", peers: ["node1", "node3"])
    await third.node.removed()
    for node in [nodes[0], second, third] { await node.stop() }
  }

  @Test func `a leader that removed itself is heard when it hands over`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for node in nodes { try await node.meetOthers() }
    let (leader, others) = try nodes.byRole()
    try await others[0].node.removeMember(leader.node.status.id.rawValue)
    await leader.node.removed()
    await leader.stop()
    // Of a write in between the node may not be able to say what became of it.
    while (try? await others[0].put("key", "1")) == nil { try await others[0].node.barrier() }
    #expect(others.contains { $0.isLeader })
    // No member refuses it while the others know of no other leader; afterwards what it had sent is
    // late.
    let lines = cluster.journalist.lines
    let removal = try #require(lines.firstIndex { $0.contains("event=members") })
    let next = try #require(
      lines[removal...].firstIndex { line in
        others.contains { line.contains("node=\($0.name) ") }
          && (line.contains("event=no_leader") || line.contains("event=leader"))
      })
    #expect(!lines[..<next].contains { $0.contains("status=410") }, "\(lines)")
    for node in others { await node.stop() }
  }

  @Test func `a node that is removed before it has heard anything is told`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let door = try cluster.doorway(of: "node4")
    door.lose { _ in true }
    let fourth = try await cluster.start("node4", peers: nodes.map(\.name), joins: true)
    // The leader speaks to it, and nothing of that arrives.
    while door.lossCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
    try await nodes[0].node.removeMember(fourth.node.status.id.rawValue)
    door.lose(nil)
    await fourth.node.removed()
    for node in nodes + [fourth] { await node.stop() }
  }

  @Test func `a learner that is removed while it is away is told when it comes back`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    // What it acknowledges is lost, and so it is given no vote; but it hears who the members are.
    let ids = nodes.map(\.node.status.id)
    for node in nodes {
      node.doorway.lose { request in
        guard let identity = try? PeerIdentity(jsonObject(request.body)) else { return false }
        return !ids.contains(identity.from)
          && String(decoding: request.body, as: UTF8.self).contains(#""match":"#)
      }
    }
    let fourth = try await cluster.start("node4", peers: nodes.map(\.name), joins: true)
    let id = fourth.node.status.id
    // The roster shows at once, the membership at the end of the turn.
    var status = fourth.node.status
    while status.roster[id] == nil || !status.membership.contains(id) {
      try await Task.sleep(for: .milliseconds(1))
      status = fourth.node.status
    }
    #expect(status.membership.isLearner(id))
    await fourth.crash()
    for node in nodes { node.doorway.lose(nil) }
    try await nodes[0].node.removeMember(id.rawValue)
    let again = try await cluster.start("node4", peers: nodes.map(\.name), joins: true)
    await again.node.removed()
    for node in nodes + [again] { await node.stop() }
  }

  @Test func `a proof of removal holds for one node, by one member of one cluster`() {
    let request = PeerIdentity(cluster: 7, from: NodeID(3), incarnation: 33, to: NodeID(1))
    let proof = RemovalProof.make(by: 11, in: 7, for: request)
    #expect(proof == RemovalProof.make(by: 11, in: 7, for: request))
    #expect(proof != RemovalProof.make(by: 12, in: 7, for: request))
    #expect(proof != RemovalProof.make(by: 11, in: 8, for: request))
    for other in [
      PeerIdentity(cluster: 7, from: NodeID(4), incarnation: 33, to: NodeID(1)),
      PeerIdentity(cluster: 7, from: NodeID(3), incarnation: 34, to: NodeID(1)),
      PeerIdentity(cluster: 7, from: NodeID(3), incarnation: 33, to: NodeID(2)),
    ] { #expect(proof != RemovalProof.make(by: 11, in: 7, for: other)) }
  }

  @Test func `a proof is checked by what the log says of the member that gives it`() {
    let request = PeerIdentity(cluster: 7, from: NodeID(3), incarnation: 33, to: NodeID(1))
    let proof = RemovalProof.make(by: 11, in: 7, for: request)
    var member = MemberRecord(id: NodeID(1), name: "node1", urls: [])
    // It had not made itself known when this node was last up to date.
    #expect(RemovalProof.isValid(1, to: request, of: Roster(cluster: 7, members: [member])))
    member.incarnation = 11
    let roster = Roster(cluster: 7, members: [member])
    #expect(RemovalProof.isValid(proof, to: request, of: roster))
    #expect(!RemovalProof.isValid(1, to: request, of: roster))
  }

  /// From the reference implementation's table: the key is 00 01 ... 0f, the input 00 01 02 ...
  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x93f5_f579_9a93_2462), (2, 0x3f2a_cc7f_57c2_9bdb),
    ] as [(Int, UInt64)])
  func `the hash is the one that was published`(_ count: Int, _ hash: UInt64) {
    func word(_ place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(8 * place + $1) << UInt64(8 * $1) }
    }
    #expect(SipHash.hash((0..<count).map(word), key: (word(0), word(1))) == hash)
  }
}

/// A server at a member's address that says to all who speak to it that they were removed.
private final class Impostor: Handler {
  enum Claim: CaseIterable {
    case plain
    case certain
    case guessed
    /// Made of all that a client can find out.
    case informed
  }

  private let claim: Claim
  private let cluster: UInt64
  private let id: NodeID
  private let count = Atomic(0)

  init(_ claim: Claim, in cluster: UInt64, as id: NodeID) {
    self.claim = claim
    self.cluster = cluster
    self.id = id
  }

  /// Returns when it has answered so many requests.
  func answers(_ wanted: Int) async {
    while count.load(ordering: .relaxed) < wanted, !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(1))
    }
  }

  func respond(to request: Request, with response: Response) async throws {
    count.add(1, ordering: .relaxed)
    if claim != .plain { response.addHeader(PeerRefusal.header, "true") }
    switch claim {
    case .plain, .certain: break
    case .guessed: response.addHeader("X-Mini-Etcd-Removed", hex: 1)
    case .informed:
      if let identity = try? PeerIdentity(jsonObject(request.body)) {
        let proof = RemovalProof.make(by: id.rawValue, in: cluster, for: identity)
        response.addHeader("X-Mini-Etcd-Removed", hex: proof)
      }
    }
    throw HTTPError(.gone, "you were removed from the cluster")
  }
}
