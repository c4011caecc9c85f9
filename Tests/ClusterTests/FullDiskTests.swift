import Foundation
import HTTP
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct FullDiskTests {
  private func put(_ value: String, at node: TestNode) async throws -> (status: Int, text: String) {
    try await node.post("/put", #"{"key":"key","value":"\#(value)"}"#)
  }

  @Test func `a node whose disk is full hands leadership on, reads, and comes back`() async throws {
    let cluster = try TestCluster()
    let names = ["node1", "node2", "node3"]
    var nodes: [TestNode] = []
    var disks: [Fullness] = []
    for name in names {
      disks.append(Fullness())
      nodes.append(
        try await cluster.start(
          name, peers: names.filter { $0 != name }, fullness: disks[disks.count - 1]))
    }
    for name in names { await cluster.journalist.wait(for: "node=\(name)", "event=bootstrapped") }
    try await nodes[0].put("key", "before")
    let isLeader = { (node: TestNode) in node.isLeader }
    let place = try #require(nodes.firstIndex(where: isLeader))
    let (full, others) = (nodes[place], nodes.filter { $0.name != names[place] })
    // What it has not applied by then it cannot serve, and no more if it is not up to date.
    #expect(try await full.value("key") == "before")
    disks[place].fill()
    // What becomes of the one by which it is found out nobody can say.
    _ = try await put("unknown", at: full)
    await cluster.journalist.wait(for: "node=\(full.name)", "event=disk_full")
    let refusal = try await put("refused", at: full)
    #expect(refusal.status == 503 && refusal.text == "the disk is full\n")
    #expect(full.node.unavailableReason() == "the disk is full")
    #expect(try await full.get("/health").status == 503)
    // Until one of the others leads they wait, and until they know that it has failed they are told
    // so.
    while try await put("during", at: others[0]).status != 200 {}
    #expect(!full.isLeader)
    #expect(try await others[1].value("key") == "during")
    // It still answers who asks for no more than what it knows.
    #expect(try await full.get("/v2/keys/key").status == 200)

    disks[place].makeRoom()
    await cluster.journalist.wait(for: "node=\(full.name)", "event=disk_has_space")
    while try await put("after", at: full).status != 200 {}
    for node in nodes { #expect(try await node.value("key") == "after") }
    for node in nodes { await node.stop() }
    let again = try await cluster.start(full.name, peers: others.map(\.name))
    let second = try await cluster.start(others[0].name, peers: [full.name, others[1].name])
    #expect(try await again.value("key") == "after")
    for node in [again, second] { await node.stop() }
  }

  @Test func `a snapshot that comes while the disk is full is installed when there is space`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    await nodes[2].stop()
    for number in 1...150 { try await nodes[0].put("key\(number % 7)", "\(number)") }
    // It can take the file, but not the log's word for it.
    let disk = Fullness()
    disk.fill(.log)
    let again = try await cluster.start(
      "node3", peers: ["node1", "node2"], snapshotInterval: 40, fullness: disk)
    await cluster.journalist.wait(for: "node=node3", "event=disk_full")
    // Another one is offered, and refused before its bytes have come.
    for number in 151...300 { try await nodes[0].put("key\(number % 7)", "\(number)") }
    #expect(again.node.status.counts.snapshotsInstalled == 0)
    #expect(try again.localValue("key3") == nil)
    disk.makeRoom()
    await cluster.journalist.wait(for: "node=node3", "event=disk_has_space")
    #expect(try await again.value("key3") == "297")
    try await again.put("key", "after")
    let files = try FileManager.default.contentsOfDirectory(atPath: cluster.path(of: "node3"))
    #expect(!files.contains { $0.hasSuffix(".tmp") }, "\(files)")
    await again.stop()
    let third = try await cluster.start("node3", peers: ["node1", "node2"], snapshotInterval: 40)
    #expect(try await third.value("key3") == "297")
    #expect(try await third.value("key") == "after")
    for node in [nodes[0], nodes[1], third] { await node.stop() }
  }

  @Test func `what could not be proved to be on the disk is not acknowledged`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    let one = try #require(nodes.first { !$0.isLeader })
    let others = nodes.filter { $0.name != one.name }
    let id = one.node.status.id
    // The last thing that it wrote before it ended, it could not say to the leader any more.
    for node in others {
      node.doorway.lose { request in
        (try? PeerIdentity(jsonObject(request.body)))?.from == id
          && String(decoding: request.body, as: UTF8.self).contains(#""t":"appendReply""#)
      }
    }
    try await leader.put("key", "1")
    let last = leader.node.status.lastIndex
    while one.node.status.lastIndex < last { try await Task.sleep(for: .milliseconds(1)) }
    await one.crash()
    let disk = Fullness()
    disk.fill(.logInPlace)
    let again = try await cluster.start(one.name, peers: others.map(\.name), fullness: disk)
    await cluster.journalist.wait(for: "node=\(one.name)", "event=disk_full")
    for node in others { node.doorway.lose(nil) }
    var follower: FollowerStatus? { leader.node.status.followers.first { $0.id == id } }
    // With every heartbeat that it answers it is asked how much it has.
    let enough = again.doorway.answerCount + 20
    while again.doorway.answerCount < enough || follower?.isActive == false {
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(try #require(follower).matchIndex < last)
    disk.makeRoom()
    await cluster.journalist.wait(for: "node=\(one.name)", "event=disk_has_space")
    try await again.put("key", "2")
    #expect(try await leader.value("key") == "2")
    for node in others + [again] { await node.stop() }
  }

  @Test func `a lone node whose disk is full goes on when there is space`() async throws {
    let cluster = try TestCluster()
    let disk = Fullness()
    let node = try await cluster.start("node1", fullness: disk)
    try await node.put("key", "before")
    disk.fill()
    for _ in 1...3 { #expect(try await put("during", at: node).status == 503) }
    #expect(try await node.get("/get?key=key").text.contains("before"))
    disk.makeRoom()
    while try await put("after", at: node).status != 200 {}
    #expect(try await node.value("key") == "after")
    await node.stop()
    let again = try await cluster.start("node1")
    #expect(try await again.value("key") == "after")
    await again.stop()
  }
}
