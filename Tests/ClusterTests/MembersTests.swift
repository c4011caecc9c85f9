import EtcdV2
import Raft
import RunSupport
import Testing

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct MembersTests {
  @Test func `a node joins under load, is given a vote, and is removed again`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 30)
    for number in 1...100 { try await nodes[0].put("key\(number)", "1") }
    let names = nodes.map(\.name)
    let fourth = try await cluster.start("node4", peers: names, joins: true)
    async let writes: Void = {
      for number in 1...100 { try await nodes[1].put("key\(number)", "2") }
    }()
    let log = cluster.journalist
    await log.wait(for: "node=node4", "event=members", "voters=\(fourth.voterNames)")
    try await writes
    #expect(try await fourth.value("key77") == "2")
    try await fourth.put("from-node4", "1")
    #expect(try await nodes[2].value("from-node4") == "1")

    let id = fourth.node.status.id
    try await nodes[0].node.removeMember(id.rawValue)
    await fourth.node.removed()
    try await nodes[2].put("key", "without")
    #expect(nodes[0].node.members.count == 3)
    await #expect(throws: MembershipError.removed) {
      try await nodes[0].node.removeMember(id.rawValue)
    }
    for node in nodes + [fourth] { await node.stop() }
  }

  @Test func `a member's addresses can be changed, and are known everywhere`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    // Each member describes itself once it is in.
    try await nodes[1].meetOthers()
    let member = try #require(nodes[0].node.members.first)
    try await nodes[1].node.updateMember(member.id, peerURLs: ["http://elsewhere:1"])
    for node in nodes {
      try await node.node.barrier()
      #expect(node.node.members.first?.peerURLs == ["http://elsewhere:1"])
    }
    await #expect(throws: MembershipError.peerURLExists) {
      try await nodes[0].node.addMember(peerURLs: ["http://elsewhere:1"])
    }
    await #expect(throws: MembershipError.notFound) { try await nodes[0].node.removeMember(1) }
    for node in nodes { await node.stop() }
  }

  @Test func `more or longer addresses than a member may have are refused`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[1].meetOthers()
    let id = try #require(nodes[0].node.members.first).id
    let many = (1...PeerLimits.memberURLs + 1).map { "http://host:\($0)" }
    let host = String(repeating: "h", count: PeerLimits.urlBytes)
    for urls in [many, ["http://\(host):1"], (1...65_535).map { "http://other:\($0)" }] {
      for node in nodes.map(\.node) {
        await #expect { try await node.updateMember(id, peerURLs: urls) } throws: {
          if case .invalid? = $0 as? MembershipError { true } else { false }
        }
        await #expect { try await node.addMember(peerURLs: urls) } throws: {
          if case .invalid? = $0 as? MembershipError { true } else { false }
        }
      }
    }
    try await nodes[2].put("key", "1")
    #expect(try await nodes[0].value("key") == "1")
    for node in nodes { await node.stop() }
  }

  @Test func `a change that would lose the majority is refused`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].put("key", "1")
    let away = nodes[2].node.status.id
    await nodes[2].stop()
    try await nodes[0].put("key", "2")
    let remaining = nodes[..<2].filter { !$0.isLeader } + nodes[..<2].filter(\.isLeader)
    let leader = remaining[1].node
    // The leader has to notice first; a barrier is a round of heartbeats.
    while leader.status.followers.contains(where: { $0.isActive && $0.id == away }) {
      try await leader.barrier()
    }
    // Two of three are left; without one of those, one of two would be.
    await #expect(throws: MembershipError.self) {
      try await nodes[0].node.removeMember(remaining[0].node.status.id.rawValue)
    }
    #expect(nodes[0].node.members.count == 3)
    for node in nodes[..<2] { await node.stop() }
  }
}

extension TestNode {
  /// All four, in the order of their ids.
  fileprivate var voterNames: String {
    let initialMembers = ["node1", "node2", "node3"].map { (NodeID(initialMember: $0), $0) }
    let all = initialMembers + [(node.status.id, name)]
    return all.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: ",")
  }
}
