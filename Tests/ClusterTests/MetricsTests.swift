import Foundation
import HTTP
import Loop
import RunSupport
import Store
import Testing

@testable import Cluster
@testable import Replication

/// What Prometheus, and alert rules made for etcd, find at `/metrics`.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct MetricsTests {
  @Test func `what has a meaning of etcd's has its name`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    let follower = try #require(nodes.first { !$0.isLeader })
    for number in 1...5 { _ = try await follower.put("key", "\(number)").result.get() }
    let (ours, theirs) = (try await Figures(of: leader), try await Figures(of: follower))

    #expect(ours["etcd_server_has_leader"] == 1 && theirs["etcd_server_has_leader"] == 1)
    #expect(ours["etcd_server_is_leader"] == 1 && theirs["etcd_server_is_leader"] == 0)
    #expect(ours["etcd_server_is_learner"] == 0)
    #expect(try #require(ours["etcd_server_leader_changes_seen_total"]) >= 1)
    let status = leader.node.status
    #expect(ours["etcd_server_id{server_id=\"\(status.id.hex)\"}"] == 1)
    #expect(ours[#"etcd_server_version{server_version="3.4.23"}"#] == 1)
    #expect(ours["etcd_server_proposals_pending"] == 0)
    #expect(ours["etcd_server_proposals_failed_total"] == 0)
    let committed = try #require(ours["etcd_server_proposals_committed_total"])
    #expect(committed > 5 && ours["etcd_server_proposals_applied_total"] == committed)
    #expect(try #require(ours["etcd_disk_wal_fsync_duration_seconds_count"]) >= 5)
    for peer in nodes where peer.name != leader.name {
      let label = "{To=\"\(peer.node.status.id.hex)\"}"
      #expect(ours["etcd_network_peer_round_trip_time_seconds_count\(label)"] ?? 0 >= 1)
      #expect(ours["etcd_network_peer_sent_failures_total\(label)"] != nil)
    }
    for node in nodes { await node.stop() }
  }

  @Test func `leaders are counted when they are recognised, not when they are lost`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let leader = try nodes.byRole().leader
    await leader.crash()
    let others = nodes.filter { $0.name != leader.name }
    while !others.contains(where: \.isLeader) { try await Task.sleep(for: .milliseconds(1)) }
    try await others[0].put("key", "1")
    for node in others {
      try await node.node.barrier()
      let seen = cluster.journalist.lines.count {
        $0.hasPrefix("info event=leader node=\(node.name) ")
      }
      #expect(try await Figures(of: node)["etcd_server_leader_changes_seen_total"] == Double(seen))
    }
    for node in others { await node.stop() }
  }

  @Test func `a node counts what its own clients wait for, and not what others forward to it`()
    async throws
  {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    let (leader, others) = try nodes.byRole()
    // Nothing more is committed: what the leader says is lost.
    for node in others { node.doorway.lose { _ in true } }
    let last = leader.node.status.lastIndex
    async let put = others[0].put("key", "1")
    while leader.node.status.lastIndex == last {
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(leader.node.status.waitingProposals == 0)
    #expect(others[0].node.status.waitingProposals == 1)
    for node in others { node.doorway.lose(nil) }
    _ = try? await put
    for node in nodes { await node.stop() }
  }

  @Test func `the process is described as others are`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("alone")
    let figures = try await Figures(of: node)
    let start = try #require(figures["process_start_time_seconds"])
    #expect(abs(start - Date().timeIntervalSince1970) < 600)
    #expect(try #require(figures["process_cpu_seconds_total"]) > 0)
    let (open, most) = (figures["process_open_fds"], figures["process_max_fds"])
    #expect(try #require(open) > 3.0 && open ?? 0 < most ?? 0)
    #expect(try #require(figures["mini_etcd_disk_available_bytes"]) > 0)
    // There is no snapshot yet.
    #expect(figures["mini_etcd_disk_needed_bytes"] == Double(3 * (64 << 20)))
    #if os(Linux)
      let resident = try #require(figures["process_resident_memory_bytes"])
      #expect(resident > 1_000_000 && resident < figures["process_virtual_memory_bytes"] ?? 0)
    #endif
    await node.stop()
  }

  @Test func `a scraper is told the format, and each figure comes once`() async throws {
    let cluster = try TestCluster()
    let node = try await cluster.start("alone")
    let type = try await node.perform(ClientRequest(.get, "/metrics")).header("content-type")
    #expect(
      type.map { String(decoding: $0, as: UTF8.self) }
        == "text/plain; version=0.0.4; charset=utf-8")
    let lines = try await node.get("/metrics").text.split(separator: "\n")
    let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    #expect(Set(types).count == types.count && types.count > 20)
    let samples = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ")[0] }
    #expect(Set(samples).count == samples.count)
    await node.stop()
  }

  @Test(arguments: ["alerts.yml", "dashboard.json"])
  func `rules and dashboards name figures that there are`(file: String) async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../steps/step-6-raft")
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    try await nodes[0].meetOthers()
    let metrics = try await nodes[0].get("/metrics").text.split(separator: "\n")
    let kinds = metrics.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    var named: Set<String> = []
    for match in text.matches(of: /\b(?:etcd|mini_etcd|process)_[a-z_]+/) {
      named.insert(String(match.output).replacing(/_(?:bucket|count|sum)$/, with: ""))
    }
    #expect(named.count > 10)
    #expect(named.subtracting(kinds.map { String($0) }) == [])
    for node in nodes { await node.stop() }
  }

  @Test(.enabled(if: Promtool.path != nil, Promtool.absence))
  func `promtool finds nothing to complain of`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    for node in nodes {
      let metrics = try await node.get("/metrics").text
      #expect(try Promtool.run(["check", "metrics"], input: metrics).text == "")
    }
    for node in nodes { await node.stop() }
  }

  @Test(.enabled(if: Promtool.path != nil, Promtool.absence))
  func `the alert rules fire when they should, and not before`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../steps/step-6-raft").standardizedFileURL
    let (status, text) = try Promtool.run(
      ["test", "rules", folder.appending(path: "alerts.test.yml").path()])
    #expect(status == 0, "\(text)")
    // A rule without a test is not known to fire at all.
    let rules = try String(contentsOf: folder.appending(path: "alerts.yml"), encoding: .utf8)
    let tests = try String(contentsOf: folder.appending(path: "alerts.test.yml"), encoding: .utf8)
    let named = Set(rules.matches(of: /- alert: (\w+)/).map { $0.1 })
    #expect(named.count > 10)
    #expect(named.subtracting(tests.matches(of: /alertname: (\w+)/).map { $0.1 }) == [])
  }
}

/// Samples by name and labels.
private struct Figures {
  private var values: [String: Double] = [:]

  init(of node: TestNode) async throws {
    for line in try await node.get("/metrics").text.split(separator: "\n") {
      guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { continue }
      values[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
  }

  subscript(name: String) -> Double? { values[name] }
}

private enum Promtool {
  static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  static let absence: Comment = "promtool, of Debian's package prometheus, is not here"

  /// Runs it, and returns its status and what it says.
  static func run(_ arguments: [String], input text: String = "") throws -> (
    status: Int32, text: String
  ) {
    try RunSupport.run(try #require(path), arguments, input: text)
  }
}
