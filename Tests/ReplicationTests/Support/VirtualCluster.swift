import DiskSimulation
import JSON
import Raft
import Store
import WAL

@testable import RaftSimulation
@testable import ReplicaSimulation
@testable import Replication

/// Replicas in one process: no thread, no socket, and no time but what a test lets pass.
///
/// Messages pass through their JSON form and wait in ``network`` until they are delivered.
final class VirtualCluster {
  /// Something on its way between two nodes.
  struct Envelope {
    let from: NodeID
    let sent: VirtualHost.Sent
    var to: NodeID { sent.peer }
  }

  let names: [String]
  private(set) var nodes: [String: VirtualNode] = [:]
  var network: [Envelope] = []
  /// Everything that was sent, for comparing runs.
  private(set) var record: [UInt8] = []
  private var disks: [String: MemoryDisk] = [:]
  private var random: SplitMix64

  init(_ names: [String] = ["node1", "node2", "node3"], seed: UInt64 = 1) {
    self.names = names
    random = SplitMix64(seed: seed)
  }

  subscript(name: String) -> VirtualNode {
    guard let node = nodes[name] else { fatalError("\(name) does not run") }
    return node
  }

  /// Those that run, in order.
  var running: [VirtualNode] { names.compactMap { nodes[$0] } }

  var leader: VirtualNode? { running.first { $0.replica.isLeader } }

  /// Starts a node, or starts it again.
  func start(_ name: String, change: (inout NodeSettings) -> Void = { _ in }) throws {
    var settings = NodeSettings()
    settings.name = name
    settings.peers = names.filter { $0 != name }
    change(&settings)
    let disk = disks[name]?.afterKill() ?? MemoryDisk()
    disks[name] = disk
    nodes[name] = try VirtualNode(
      settings, on: disk, incarnation: random.next(), seed: random.next(), clock: StillClock())
    try nodes[name]?.begin()
    collect()
  }

  func startAll() throws { for name in names { try start(name) } }

  /// The process ends.
  func kill(_ name: String) { nodes[name] = nil }

  /// Delivers what passes, until nothing is on its way.
  func settle(_ passes: (Envelope) -> Bool = { _ in true }) throws {
    var rounds = 0
    while !network.isEmpty {
      rounds += 1
      precondition(rounds < 1_000, "the nodes never come to rest")
      let envelopes = network
      network = []
      for envelope in envelopes where passes(envelope) { try deliver(envelope) }
      try turnAll()
    }
  }

  /// Lets what was heard take effect, in no time.
  func run() throws {
    try turnAll()
    try settle()
  }

  /// Lets a tick pass on every node, and what follows from it.
  func tick(_ count: Int = 1, _ passes: (Envelope) -> Bool = { _ in true }) throws {
    for _ in 0..<count {
      for node in running { try node.replica.hear(.tick) }
      try turnAll()
      try settle(passes)
    }
  }

  /// Lets time pass until something is so.
  func tick(until condition: () throws -> Bool) throws {
    for _ in 0..<200 {
      if try condition() { return }
      try tick()
    }
    fatalError("it never comes to pass")
  }

  private func deliver(_ envelope: Envelope) throws {
    guard let node = running.first(where: { $0.id == envelope.to }) else {
      let sender = running.first { $0.id == envelope.from }
      for numbers in envelope.sent.messages.forwarded {
        let answer = PeerMessage.forwarded(
          first: numbers.lowerBound, count: numbers.count, .notNow)
        try sender?.replica.hear(.peer(envelope.to, [answer]))
      }
      return
    }
    try node.replica.hear(
      .peer(
        envelope.from,
        try PeerMessage.list(envelope.sent.messages.bytes, from: envelope.from, to: envelope.to)))
  }

  private func turnAll() throws {
    for node in running { try node.turn() }
    collect()
  }

  private func collect() {
    for node in running {
      for sent in node.host.takeSent() {
        record += sent.messages.bytes
        network.append(Envelope(from: node.id, sent: sent))
      }
    }
  }
}

/// A clock that stands still.
private struct StillClock: TimeSource {
  var now: Timestamp { Timestamp(microseconds: 1_767_225_600_000_000) }
}
