import Foundation
import HTTP
import Raft
import RunSupport
import Store
import Testing
import WAL

@testable import Cluster
@testable import Replication

/// Pieces of snapshots that come to a member, sent by clients that can speak for another one.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SnapshotPieceTests {
  /// The first piece of a snapshot that one member sends to another.
  private func piece(from sender: TestNode, to receiver: TestNode) -> String {
    let (status, other) = (receiver.node.status, sender.node.status)
    let head = PieceHead(
      identity: PeerIdentity(
        cluster: status.roster.cluster, from: other.id, incarnation: other.incarnation,
        to: status.id),
      term: status.term, round: 1, membership: status.membership,
      record: SnapshotRecord(
        index: LogIndex(1_000), term: Term(1), lines: 9, bytes: 1 << 30, checksum: 7),
      offset: 0)
    var bytes: [UInt8] = []
    bytes.append(head)
    return String(decoding: bytes, as: UTF8.self) + "the beginning of a line"
  }

  @Test func `a piece that comes while another is being written does not wait for it`()
    async throws
  {
    let cluster = try TestCluster()
    let disk = Fullness()
    let names = ["node1", "node2", "node3"]
    var nodes: [TestNode] = []
    for name in names {
      nodes.append(
        try await cluster.start(
          name, peers: names.filter { $0 != name }, fullness: name == "node1" ? disk : Fullness()))
    }
    for name in names { await cluster.journalist.wait(for: "node=\(name)", "event=bootstrapped") }
    try await nodes[0].meetOthers()
    disk.stall(.snapshots)
    let (receiver, sent) = (nodes[0], piece(from: nodes[1], to: nodes[0]))
    async let first = receiver.post("/raft/snapshot", sent)
    while !(try FileManager.default.contentsOfDirectory(atPath: cluster.path(of: "node1")))
      .contains(where: { $0.hasPrefix("snapshot-") })
    {
      try await Task.sleep(for: .milliseconds(1))
    }
    for _ in 1...20 {
      let answer = try await receiver.post("/raft/snapshot", sent)
      #expect(answer.status == 503 && answer.text == "another piece is being taken in\n")
    }
    disk.goOn()
    #expect(try await first.status == 204)
    #expect(try await receiver.post("/raft/snapshot", sent).status == 204)
    for node in nodes { await node.stop() }
  }

  @Test func `a snapshot for which there is no space is not sent again and again`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    await nodes[2].stop()
    for number in 1...150 { try await nodes[0].put("key\(number % 7)", "\(number)") }
    let disk = Fullness()
    disk.fill(.snapshots)
    let again = try await cluster.start(
      "node3", peers: ["node1", "node2"], snapshotInterval: 40, fullness: disk)
    await cluster.journalist.wait(for: "node=node3", "event=no_snapshot")
    // With nearly every heartbeat it is offered again.
    let enough = again.doorway.answerCount + 40
    while again.doorway.answerCount < enough { try await Task.sleep(for: .milliseconds(1)) }
    disk.makeRoom()
    #expect(try await again.value("key3") == "150")
    let lines = cluster.journalist.lines
    #expect(lines.count { $0.contains("event=no_snapshot") } == 1)
    // While it was away, one more could not be sent.
    let refusals = lines.filter {
      $0.contains("event=snapshot_not_sent") && !$0.hasSuffix("reason=closed")
    }
    #expect(refusals.count == 1, "\(refusals)")
    #expect(refusals.allSatisfy { $0.hasSuffix(#"reason="the disk is full""#) })
    for node in [nodes[0], nodes[1], again] { await node.stop() }
  }

  @Test func `a snapshot that cannot be written is not sent again and again`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(snapshotInterval: 40)
    await nodes[2].stop()
    for number in 1...150 { try await nodes[0].put("key\(number % 7)", "\(number)") }
    let disk = Fullness()
    disk.fail(.snapshots)
    let again = try await cluster.start(
      "node3", peers: ["node1", "node2"], snapshotInterval: 40, fullness: disk)
    await cluster.journalist.wait(for: "node=node3", "event=no_snapshot")
    // With nearly every heartbeat it is offered again.
    let enough = again.doorway.answerCount + 100
    while again.doorway.answerCount < enough { try await Task.sleep(for: .milliseconds(1)) }
    #expect(disk.snapshotCount < 15, "there is a pause, which doubles")
    disk.fail(.nothing)
    #expect(try await again.value("key3") == "150")
    let lines = cluster.journalist.lines
    let told = lines.filter { $0.contains("event=no_snapshot") }
    #expect(told.count == 1 && told[0].contains("Input/output error"), "\(told)")
    // Its sender is not told the name of a file, which is another one each time.
    let refusals = lines.filter {
      $0.contains("event=snapshot_not_sent") && !$0.hasSuffix("reason=closed")
    }
    #expect(refusals.count == 1, "\(refusals)")
    #expect(refusals.allSatisfy { $0.hasSuffix(#"reason="the snapshot could not be written""#) })
    for node in [nodes[0], nodes[1], again] { await node.stop() }
  }
}
