import EtcdV2
import HTTP
import JSON
import Raft
import RunSupport
import Store
import Testing
import WAL

@testable import Cluster
@testable import Replication

/// A node becomes one member, however often it asks.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct JoiningTests {
  private static func body(
    _ name: String = "node4", _ url: String = "http://127.0.0.1:1", clientURL: String? = nil,
    incarnation: UInt64 = 5
  ) -> String {
    var bytes: [UInt8] = []
    bytes.append(
      MemberRecord(
        id: NodeID(1), name: name, urls: [url], clientURLs: clientURL.map { [$0] } ?? [],
        incarnation: incarnation))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func id(_ answer: (status: Int, text: String)) throws -> UInt64? {
    #expect(answer.status == 200, "\(answer.text)")
    return try JSONDocument(Array(answer.text.utf8)).root["id"]?.id
  }

  @Test func `a node that asks several members at once becomes one member`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let ids = try await withThrowingTaskGroup(of: UInt64?.self) { group in
      for node in nodes + nodes {
        group.addTask { try self.id(try await node.post("/raft/join", Self.body())) }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    // Long after, too.
    #expect(try id(try await nodes[1].post("/raft/join", Self.body())) == ids.first)
    for node in nodes {
      try await node.node.barrier()
      #expect(node.node.members.count == 4)
    }
    for node in nodes { await node.stop() }
  }

  @Test func `machines that ask under one name at once do not all become members`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for (place, node) in nodes.enumerated() {
        group.addTask {
          let body = Self.body(
            "node4", "http://127.0.0.1:\(place + 1)", incarnation: UInt64(place + 5))
          return try await node.post("/raft/join", body).status
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 200 } == 1, "\(statuses)")
    try await nodes[0].node.barrier()
    #expect(nodes[0].node.members.count == 4)
    for node in nodes { await node.stop() }
  }

  @Test func `of machines that ask for one announced place at once, one has it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let (first, second) = ("http://127.0.0.1:1", "http://127.0.0.1:2")
    for url in [first, second] { _ = try await nodes[0].node.addMember(peerURLs: [url]) }
    // Two want the first place, and two have one name.
    let wanted = [("node4", first), ("node5", first), ("node6", second), ("node5", second)]
    let answers = try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
      for (place, (name, url)) in wanted.enumerated() {
        group.addTask {
          let incarnation = UInt64(place + 5)
          let body = Self.body(name, url, incarnation: incarnation)
          return (try await nodes[place % 3].post("/raft/join", body).status, incarnation)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for node in nodes { try await node.node.barrier() }
    let roster = nodes[0].node.status.roster
    let taken = roster.members.compactMap(\.incarnation)
    for (status, incarnation) in answers {
      #expect((status == 200) == taken.contains(incarnation), "\(answers) \(roster)")
    }
    #expect(Set(roster.members.map(\.name)).count == roster.members.count)
    for node in nodes { await node.stop() }
  }

  @Test func `an announced member is recognised by a node that has not heard of it yet`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let url = "http://127.0.0.1:1"
    for node in nodes {
      let announced = try await nodes[0].node.addMember(peerURLs: [url])
      #expect(try id(try await node.post("/raft/join", Self.body("node4", url))) == announced.id)
      #expect(node.node.members.count == 4)
      try await nodes[0].node.removeMember(announced.id)
    }
    for node in nodes { await node.stop() }
  }

  @Test func `what a node says of itself is checked`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let node4 = try id(try await nodes[0].post("/raft/join", Self.body()))
    let long = String(repeating: "n", count: 65)
    let cases: [(String, Int)] = [
      ("{}", 400), (Self.body(""), 400), (Self.body("a,b"), 400), (Self.body("a=b"), 400),
      (Self.body(long), 400), (Self.body("a b"), 400), (Self.body("node5", ""), 400),
      (Self.body("node5", "https://127.0.0.1:2"), 400), (Self.body("node5", "127.0.0.1:2"), 400),
      (Self.body("node5", "http://127.0.0.1"), 400),
      (Self.body("node5", "http://127.0.0.1:0"), 400),
      (Self.body("node5", clientURL: "ftp://127.0.0.1:2"), 400),
      (Self.body("node5", clientURL: "http://127.0.0.1:2/path"), 400),
      // Its name is taken, or its address.
      (Self.body("node1", "http://127.0.0.1:2"), 409), (Self.body("node5"), 409),
      (Self.body("node4", "http://127.0.0.1:2", incarnation: 6), 409),
      // It moved before it was ever heard of.
      (Self.body("node4", "http://127.0.0.1:3"), 200),
    ]
    for (body, status) in cases {
      let answer = try await nodes[0].post("/raft/join", body)
      #expect(answer.status == status, "\(body): \(answer.text)")
    }
    #expect(nodes[0].node.members.count == 4)
    #expect(
      nodes[0].node.members.first { $0.id == node4 }?.peerURLs == ["http://127.0.0.1:3"])
    // Once removed, this data directory cannot come back.
    try await nodes[0].node.removeMember(try #require(node4))
    #expect(try await nodes[0].post("/raft/join", Self.body()).status == 409)
    #expect(try await nodes[0].post("/raft/join", Self.body(incarnation: 7)).status == 200)
    for node in nodes { await node.stop() }
  }

  @Test func `a member is not told by what the others are recognised`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let answer = try await nodes[0].post("/raft/join", Self.body())
    #expect(answer.status == 200 && !answer.text.contains("incarnation"), "\(answer.text)")
    for node in nodes { await node.stop() }
  }

  @Test func `a directory that is two members is refused`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("node1", peers: ["node2"])
    let incarnation = node.node.status.incarnation
    await node.stop()
    try writeTwoRecords(in: cluster.path(of: "node1"), incarnation)
    await #expect {
      try await cluster.start("node1", peers: ["node2"])
    } throws: { error in
      "\(error)".hasPrefix(
        "node1 is a member several times, as 0000000000000003, 0000000000000004")
    }
  }

  /// As versions left it that drew an id for each time a node asked.
  private func writeTwoRecords(in directory: String, _ incarnation: UInt64) throws {
    let disk = PosixDisk(path: directory)
    let (journal, _) = try Journal.open(disk, identity: .random(node: "node1")) { _ in }
    let members = [3, 4].map {
      MemberRecord(id: NodeID($0), name: "node1", urls: [], incarnation: incarnation)
    }
    var payload: [UInt8] = []
    Operation.bootstrap(Roster(cluster: 9, members: members)).encode(into: &payload)
    try journal.append {
      $0.append(HardStateRecord(term: Term(1), vote: nil, commit: .zero))
      $0.append(EntryRecord(.command, index: LogIndex(1), term: Term(1), payload: payload))
    }
    try journal.close()
  }

  @Test func `a member that was away hears a leader that joined meanwhile`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 20)
    let names = nodes.map(\.name)
    try await nodes[2].put("key", "1")
    await nodes[2].stop()
    let fourth = try await cluster.start("node4", peers: names, joins: true)
    await cluster.journalist.wait(for: "node=node4", "event=members", "learners=")
    // Of the members node3 knows, one is removed and the other does not lead.
    try await fourth.node.removeMember(nodes[0].node.status.id.rawValue)
    await nodes[0].node.removed()
    await nodes[0].stop()
    // A write is answered only under the next leader; only a leader can hand over.
    try await fourth.put("key", "0")
    await nodes[1].node.drain()
    for number in 1...50 { try await fourth.put("key", "\(number)") }
    #expect(fourth.isLeader)
    let third = try await cluster.start("node3", peers: ["node1", "node2"])
    #expect(try await third.value("key") == "50")
    for node in [third, nodes[1], fourth] { await node.stop() }
  }
}
