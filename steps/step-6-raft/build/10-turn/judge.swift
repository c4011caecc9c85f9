import DiskSimulation
import Raft
import RaftSimulation
import Store
import Synchronization
import WAL

@testable import ReplicaSimulation
@testable import Replication

/// Three nodes that have a leader, and are at rest.
private func led() throws -> (
  cluster: VirtualCluster, leader: VirtualNode, followers: [VirtualNode]
) {
  let cluster = VirtualCluster()
  trying("three nodes that start, and 100 ticks")
  try cluster.startAll()
  for _ in 0..<100 { try cluster.tick() }
  guard let leader = cluster.leader else { broken("a leader", "none") }
  return (cluster, leader, cluster.running.filter { $0 !== leader })
}

private struct StillClock: TimeSource {
  var now: Timestamp { Timestamp(microseconds: 1_767_225_600_000_000) }
}

/// A node of its own, which leads.
private func alone() throws -> VirtualNode {
  trying("a lone node that starts, and 100 ticks")
  let disk = MemoryDisk()
  let identity = Identity(cluster: 1, node: "node1", incarnation: 1)
  _ = try Journal.open(disk, identity: identity, restore: { _ in })
  let node = try VirtualNode(
    NodeSettings(), on: disk.afterKill(), incarnation: 1, seed: 1, clock: StillClock())
  try node.begin()
  for _ in 0..<100 {
    try node.replica.hear(.tick)
    try node.turn()
  }
  guard node.replica.isLeader else { broken("a leader", "none") }
  return node
}

/// What a node has sent since this was asked last, in order: `append to node2`.
private func sent(by node: VirtualNode, in cluster: VirtualCluster) throws -> String {
  var words: [String] = []
  for sent in node.host.takeSent() {
    let name = cluster.running.first { $0.id == sent.peer }?.name ?? "a stranger"
    for message in try PeerMessage.list(sent.messages.bytes, from: node.id, to: sent.peer) {
      guard case .raft(let message) = message else { continue }
      switch message.content {
      case .appendEntries: words.append("append to \(name)")
      case .appendReply: words.append("acknowledgement to \(name)")
      case .heartbeat, .heartbeatReply: words.append("heartbeat to \(name)")
      default: words.append("another message to \(name)")
      }
    }
  }
  return words.isEmpty ? "nothing" : words.joined(separator: ", ")
}

/// A turn in which the power goes before anything is written.
private func turnWithoutPower(_ node: VirtualNode) {
  node.disk.operationsLeft = 0
  do { try node.replica.turn() } catch {}
}

/// The messages of a node's last turns, as one other hears them.
private func pass(from node: VirtualNode, to other: VirtualNode) throws {
  for sent in node.host.takeSent() where sent.peer == other.id {
    let messages = try PeerMessage.list(sent.messages.bytes, from: node.id, to: other.id)
    try other.replica.hear(.peer(node.id, messages))
  }
}

private func told(_ answer: Answer<Outcome>, _ key: String, at node: VirtualNode) -> String {
  let words: String
  switch answer.result {
  case nil: words = "not answered"
  case .success: words = "answered"
  case .failure(let error): words = "refused: \(error)"
  }
  return "\(words), \(key) is \(node.value(key) ?? "nothing")"
}

/// Notes when watchers are told.
private final class Watchers: StoreObserver {
  private let note: @Sendable () -> Void
  private let hasNews = Mutex(false)
  init(_ note: @escaping @Sendable () -> Void) { self.note = note }

  func record(_ event: Store.Event) { hasNews.withLock { $0 = true } }
  func recordStart(at index: StoreIndex) {}
  func deliver() { if hasNews.withLock({ $0 }) { note() } }
}

func judge() async throws {
  invariant(1, "a turn goes on until Raft asks for nothing more") {
    let leader = try alone()
    trying("a lone node, a put, one turn")
    let answer = try leader.put("a", "1")
    try leader.replica.turn()
    check(Trial.input, is: "answered, a is 1") { told(answer, "a", at: leader) }
  }
  invariant(2, "a leader's appends leave before its own disk has the entries") {
    let (cluster, leader, followers) = try led()
    trying("a put, and a turn in which the power goes before the write")
    let answer = try leader.put("a", "1")
    turnWithoutPower(leader)
    let expected = followers.map { "append to \($0.name)" }.joined(separator: ", ")
    check(Trial.input, is: expected) { try sent(by: leader, in: cluster) }
    check(Trial.input, is: "not answered, a is nothing") { told(answer, "a", at: leader) }
  }
  invariant(3, "what vouches for a node's memory leaves after the write, and not without it") {
    for hasPower in [false, true] {
      let (cluster, leader, followers) = try led()
      let write = hasPower ? "a turn" : "a turn in which the power goes before the write"
      trying("a follower hears an append; \(write)")
      _ = try leader.put("a", "1")
      try leader.replica.turn()
      try pass(from: leader, to: followers[0])
      if hasPower { try followers[0].replica.turn() } else { turnWithoutPower(followers[0]) }
      check(Trial.input, is: hasPower ? "acknowledgement to \(leader.name)" : "nothing") {
        try sent(by: followers[0], in: cluster)
      }
    }
  }
  invariant(4, "nothing is applied or answered that is not written") {
    let leader = try alone()
    trying("a lone node, a put, a turn in which the power goes before the write")
    let answer = try leader.put("a", "1")
    turnWithoutPower(leader)
    check(Trial.input, is: "not answered, a is nothing") { told(answer, "a", at: leader) }
  }
  invariant(5, "first the status is published, then clients are answered, then watchers told") {
    let leader = try alone()
    trying("a lone node with a watcher, a put, one turn")
    let lines = Mutex<[String]>([])
    let before = leader.status.appliedIndex
    leader.store.observe(Watchers { lines.withLock { $0.append("told") } })
    let reply = WriteReply.call { [board = leader.replica.board] _ in
      let isPublished = board.present.appliedIndex > before
      lines.withLock { $0 += [isPublished ? "published" : "not published", "answered"] }
    }
    try leader.replica.hear(.write(.command(try VirtualNode.put("a", "1")), reply))
    try leader.replica.turn()
    check(Trial.input, is: "published, answered, told") {
      lines.withLock { $0.joined(separator: ", ") }
    }
  }
  invariant(6, "without space nothing is lost: what waits for the disk keeps its order") {
    let (cluster, leader, followers) = try led()
    let full = followers[0]
    trying("a follower without space hears two appends")
    full.disk.room = 0
    for value in ["1", "2"] {
      _ = try leader.put("a", value)
      try leader.replica.turn()
      // The leader may have waited for more writes.
      leader.host.now += .milliseconds(50)
      try leader.replica.turn()
      try pass(from: leader, to: full)
      try full.replica.turn()
    }
    check(Trial.input, is: "nothing, a is nothing") {
      "\(try sent(by: full, in: cluster)), a is \(full.value("a") ?? "nothing")"
    }
    trying("a follower without space hears two appends; then there is space, and a tick passes")
    full.disk.room = .max
    try full.replica.hear(.tick)
    try full.replica.turn()
    let acknowledgement = "acknowledgement to \(leader.name)"
    check(Trial.input, is: "\(acknowledgement), \(acknowledgement)") {
      try sent(by: full, in: cluster)
    }
    try cluster.tick(3)
    check("and three ticks later", is: "a is 2") { "a is \(full.value("a") ?? "nothing")" }
  }
  invariant(7, "what Raft says must never happen ends the node, before it says anything") {
    let (cluster, leader, followers) = try led()
    trying("a follower hears two leaders of one term")
    _ = try leader.put("a", "1")
    try leader.replica.turn()
    for sent in leader.host.takeSent() where sent.peer == followers[0].id {
      for sender in [leader, followers[1]] {
        try followers[0].replica.hear(
          .peer(
            sender.id,
            try PeerMessage.list(sent.messages.bytes, from: sender.id, to: followers[0].id)))
      }
    }
    var end = "it goes on"
    do { try followers[0].replica.turn() } catch {
      if case .violated? = error as? JournalError { end = "it ends" } else { end = "\(error)" }
    }
    check(Trial.input, is: "it ends, and has sent nothing") {
      "\(end), and has sent \(try sent(by: followers[0], in: cluster))"
    }
  }
  invariant(8, "whole nodes keep their promises, whatever happens to them") {
    for seed in 1...6 as ClosedRange<UInt64> {
      trying("raft-sim -whole -seed \(seed)")
      do { try ReplicaSchedule(seed: seed).run() } catch { broken("no failure", "\(error)") }
    }
  }
}
