import EtcdV2
import JSON
import Pages
import Raft
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// What the page at `/ui` is told.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LiveNodeTests {
  /// The parts of the feed, once the end of the log is among them.
  private func parts(of node: TestNode) async throws -> [JSONValue] {
    let live = LiveNode(node.node, over: node.store, watchedBy: node.hub, mayWrite: true)
    while true {
      let parts = try live.readParts().map { try JSONDocument($0.json).root }
      if parts[0]["log"]?["entries"]?.elements.all.isEmpty == false { return parts }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func `a leader tells its role, its log and how far its peers are`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try #require(nodes.first { $0.isLeader })
    try await leader.put("a", "1")
    let node = try await parts(of: leader)[0]
    #expect(node["name"]?.string == leader.name)
    #expect(node["role"]?.string == "leader")
    #expect(node["peers"]?.elements.all.count == 2)
    let members = try #require(node["members"]?.elements.all)
    #expect(members.compactMap { $0["name"]?.string }.sorted() == ["node1", "node2", "node3"])
    #expect(members.allSatisfy { $0["url"]?.string?.hasPrefix("http://127.0.0.1:") == true })
    let steps = try #require(node["steps"]?.elements.all)
    let last = try #require(steps.last)
    #expect(last["role"]?.string == "leader")
    #expect(last["vote"]?.string == node["id"]?.string)
    #expect(steps.contains { $0["role"]?.string == "candidate" })
    let entries = try #require(node["log"]?["entries"]?.elements.all)
    let first = try #require(node["log"]?["from"]?.uint64)
    #expect(first + UInt64(entries.count) - 1 == node["last"]?.uint64)
    // Each is its term, its kind and its text.
    let put = try #require(
      entries.first { $0.elements.all[2].string?.contains(#""key":"/a""#) == true })
    #expect(put.elements.all[0].uint64 == node["term"]?.uint64)
    #expect(put.elements.all[1].string == "c")
    for node in nodes { await node.stop() }
  }

  @Test func `what is told is bounded, however many keys there are and however long`() async throws
  {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1")
    let long = String(repeating: "é", count: 1_000)
    for number in 0..<250 { try await node.put("key\(number)", long) }
    let parts = try await parts(of: node)
    #expect(parts[0]["log"]?["entries"]?.elements.all.count == Int(LogTail.length))
    #expect(parts[1]["files"]?.uint64 == 250)
    let keys = try #require(parts[1]["keys"]?.elements.all)
    #expect(keys.count == LiveKeys.entryLimit)
    // A value is not cut within a character.
    #expect(keys[0]["v"]?.string == String(repeating: "é", count: 100))
    #expect(keys[0]["n"]?.uint64 == 2_000)
    #expect(parts[2].elements.all.count == LiveKeys.eventLimit)
    #expect(parts[2].elements.all.last?["i"]?.uint64 == 250)
    await node.stop()
  }

  @Test func `bytes that would end a script or a line are escaped`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1")
    try await node.put("</script>\u{2028}\n", "<!-- & \u{0} \"\\")
    let live = LiveNode(node.node, over: node.store, watchedBy: node.hub, mayWrite: false)
    for part in live.readParts() {
      #expect(!part.json.contains { $0 < 0x20 || [0x3C, 0x3E, 0x26].contains($0) })
    }
    let keys = try JSONDocument(live.readParts()[1].json).root["keys"]?.elements.all ?? []
    #expect(keys.last?["v"]?.string == "<!-- & \u{0} \"\\")
    await node.stop()
  }

  @Test func `a node remembers the latest changes of its standing`() {
    var status = NodeStatus(
      id: NodeID(1), name: "a", incarnation: 0, roster: Roster(), unlistedMembers: [],
      membership: Membership(voters: [NodeID(1)]), term: .zero,
      leaderSince: Timestamp(microseconds: 0),
      startTime: Timestamp(microseconds: 0))
    for term in 1...100 {
      for _ in 0..<3 {
        _ = status.note(
          Standing(role: .follower, term: Term(UInt64(term)), vote: nil, leader: nil),
          at: Timestamp(microseconds: Int64(term)))
      }
    }
    #expect(status.standingChanges.count == NodeStatus.rememberedChanges)
    #expect(status.standingChanges.last?.number == 100)
    #expect(status.standingChanges.first?.standing.term == Term(69))
  }
}

extension JSONElements {
  fileprivate var all: [JSONValue] { Array(self) }
}
