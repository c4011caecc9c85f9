import Foundation
import HTTPAPI
import JSON
import Raft
import RandomSupport
import Store
import Synchronization
import WAL

@testable import Cluster

/// Replicas in one process: no thread, no socket, and no time but what a test lets pass.
///
/// Messages pass through their JSON form and wait in ``network`` until they are delivered.
final class VirtualCluster {
  /// Something on its way between two nodes, or back to the one that sent it.
  struct Envelope {
    let from: NodeID
    let to: NodeID
    let lane: Lane
    let messages: PendingMessages
  }

  let directory = NSTemporaryDirectory() + "virtual-\(UUID().uuidString)"
  let names: [String]
  private(set) var nodes: [String: VirtualNode] = [:]
  var network: [Envelope] = []
  /// Everything that was sent, for comparing runs.
  private(set) var record: [UInt8] = []
  private var random: SeededRandom

  init(_ names: [String] = ["node1", "node2", "node3"], seed: UInt64 = 1) {
    self.names = names
    random = SeededRandom(seed)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  subscript(name: String) -> VirtualNode {
    guard let node = nodes[name] else { fatalError("\(name) does not run") }
    return node
  }

  var leader: VirtualNode? {
    names.compactMap { nodes[$0] }.first { $0.replica.node.core.role == .leader }
  }

  /// Starts a node, or starts it again.
  func start(_ name: String, change: (inout NodeSettings) -> Void = { _ in }) throws {
    var settings = NodeSettings()
    settings.name = name
    settings.peers = names.filter { $0 != name }
    change(&settings)
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    nodes[name] = nil
    nodes[name] = try VirtualNode(settings, in: "\(directory)/\(name)", seed: random.next())
    try nodes[name]?.begin()
    collect()
  }

  func startAll() throws { for name in names { try start(name) } }

  /// The process ends; what is on its way to it is lost.
  func kill(_ name: String) {
    nodes[name] = nil
  }

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

  /// Lets a tick pass on every node, and what follows from it.
  func tick(_ count: Int = 1, _ passes: (Envelope) -> Bool = { _ in true }) throws {
    for _ in 0..<count {
      for name in names { try nodes[name]?.replica.hear(.tick) }
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
    guard let node = names.compactMap({ nodes[$0] }).first(where: { $0.id == envelope.to }) else {
      let sender = names.compactMap { nodes[$0] }.first { $0.id == envelope.from }
      for numbers in envelope.messages.forwarded {
        let answer = PeerMessage.forwarded(
          first: numbers.lowerBound, count: numbers.count, .notNow)
        try sender?.replica.hear(.peer(envelope.to, [answer]))
      }
      return
    }
    let list = try JSONDocument(Array("[".utf8) + envelope.messages.bytes + Array("]".utf8)).root
    let messages = try list.elements.map {
      try PeerMessage($0, from: envelope.from, to: envelope.to, VirtualNode.registry)
    }
    try node.replica.hear(.peer(envelope.from, messages))
  }

  private func turnAll() throws {
    for name in names { try nodes[name]?.turn() }
    collect()
  }

  private func collect() {
    for name in names {
      guard let node = nodes[name] else { continue }
      for (messages, peer, lane) in node.host.takeSent() {
        record += messages.bytes
        network.append(Envelope(from: node.id, to: peer, lane: lane, messages: messages))
      }
    }
  }
}

/// One of them.
final class VirtualNode {
  static let registry = CommandRegistry([Put.self, Delete.self])

  let replica: Replica
  let store = KeyValueStore()
  let host: VirtualHost
  let fullness = Fullness()
  let id: NodeID

  init(_ settings: NodeSettings, in path: String, seed: UInt64) throws {
    let disk = FillableDisk(PosixDisk(path: path), fullness)
    let found = try DataDirectory(disk, settings, store)
    var settings = settings
    settings.begin(with: found.roster)
    // Not the one that was drawn: a run can be repeated.
    let identity = MemberRecord(
      id: found.identity(settings).id, name: settings.name, urls: ["http://\(settings.name):1"],
      incarnation: 1)
    id = identity.id
    let node = found.node(of: id, settings, seed: seed)
    let time = ClusterTime(SteadyTime())
    host = VirtualHost(seed)
    replica = Replica(
      node, from: found, on: disk, as: identity, settings: settings, applyingTo: store,
      registry: Self.registry, time: time,
      publishingOn: StatusBoard(node, identity, found.firstRoster, settings, at: time.now),
      intake: SnapshotIntake(disk, []), syncTimes: Histogram(), host: host,
      firstNumber: seed % 1_000)
  }

  func begin() throws {
    try replica.begin()
    try turnAgain()
  }

  /// Has a turn, and as many more as are due.
  func turn() throws {
    try replica.turn()
    try turnAgain()
  }

  private func turnAgain() throws {
    while true {
      let inputs = host.runBackground()
      for input in inputs { try replica.hear(input) }
      if inputs.isEmpty && !replica.isDueAgain { return }
      try replica.turn()
    }
  }

  /// Asks for a write.
  func put(_ key: String, _ value: String) throws -> Answer<Outcome> {
    let answer = Answer<Outcome>()
    let command = Put(try Path(Array("/\(key)".utf8)), Array(value.utf8))
    try replica.hear(.write(.command(command), answer.reply))
    return answer
  }

  /// Asks whether what is here is up to date.
  func read() throws -> Answer<Void> {
    let answer = Answer<Void>()
    try replica.hear(.read(answer.reply))
    return answer
  }

  func value(_ key: String) -> String? {
    guard let path = try? Path(Array("/\(key)".utf8)),
      let bytes = try? store.get(path).node.info.value
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What a client was answered, once it was.
final class Answer<Value: Sendable>: Sendable {
  private let results = Mutex<[Result<Value, ProposalError>]>([])

  var reply: Reply<Result<Value, ProposalError>> {
    .call { [self] result in results.withLock { $0.append(result) } }
  }

  var result: Result<Value, ProposalError>? {
    results.withLock { results in
      precondition(results.count < 2, "answered twice")
      return results.first
    }
  }

  var isSuccess: Bool { if case .success? = result { true } else { false } }

  var error: ProposalError? {
    if case .failure(let error)? = result { error } else { nil }
  }
}

/// What a replica asks of its surroundings, kept until it is looked at.
final class VirtualHost: ReplicaHost {
  var now = ContinuousClock.now
  private(set) var members: [MemberRecord] = []
  private(set) var isRemoved = false
  private var sent: [(PendingMessages, NodeID, Lane)] = []
  private var background: [@Sendable () -> ReplicaInput?] = []
  private var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed) }

  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {
    sent.append((messages, peer, lane))
  }

  func sendSnapshot(_ message: Message, _ record: SnapshotRecord) {
    background.append { .snapshotSent(to: message.to, failure: "there is no way to send one") }
  }

  func connect(to members: [MemberRecord]) { self.members = members }
  func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?) { background.append(work) }
  func noteRemoval() { isRemoved = true }
  func randomNumber() -> UInt64 { .random(in: 1 ... .max, using: &random) }

  func takeSent() -> [(PendingMessages, NodeID, Lane)] {
    defer { sent = [] }
    return sent
  }

  func runBackground() -> [ReplicaInput] {
    defer { background = [] }
    return background.compactMap { $0() }
  }
}
