import HTTPAPI
import Raft
import RandomSupport
import Store
import Synchronization
import WAL

@testable import RaftSimulation
@testable import Replication

/// A replica without a thread, on a disk in memory.
final class VirtualNode {
  static let registry = CommandRegistry([Put.self, Delete.self])

  let replica: Replica
  let store = KeyValueStore()
  let host: VirtualHost
  let disk: SimulatedDisk
  let intake: SnapshotIntake
  let incarnation: UInt64
  private let initialNames: [String]?

  var id: NodeID { replica.identity.id }
  var name: String { replica.identity.name }
  var status: NodeStatus { replica.board.present }

  /// - Parameters:
  ///   - incarnation: of the directory, if it is new.
  ///   - joined: what a member said to a node that joins.
  init(
    _ settings: NodeSettings, on disk: SimulatedDisk, incarnation: UInt64, seed: UInt64,
    joined: (id: NodeID, members: [MemberRecord])? = nil
  ) throws {
    let own = Identity(cluster: nil, node: settings.name, incarnation: incarnation)
    let found = try DataDirectory(disk, settings, store, as: own)
    var settings = settings
    settings.begin(with: found.roster)
    var identity = found.identity(settings)
    if found.ownRecord == nil, let joined {
      settings.unlistedMembers = joined.members
      identity = identity.with(id: joined.id)
    }
    identity.urls = ["http://\(settings.name):1"]
    let node = found.node(of: identity.id, settings, seed: seed)
    let time = ClusterTime(SteadyTime())
    host = VirtualHost(seed)
    intake = SnapshotIntake(disk, [])
    replica = Replica(
      node, from: found, on: disk, as: identity, settings: settings, applyingTo: store,
      registry: Self.registry, time: time,
      publishingOn: StatusBoard(node, identity, found.firstRoster, settings, at: time.now),
      intake: intake, syncTimes: Histogram(), host: host, firstNumber: seed % 1_000)
    self.disk = disk
    self.incarnation = found.journal.identity.incarnation
    initialNames = settings.initialNames
    host.connect(
      to: found.roster.members
        + settings.unlistedMembers.filter { found.roster[$0.id] == nil })
  }

  func begin() throws {
    try replica.begin()
    try turnAgain()
  }

  /// Has a turn, and as many more as are due at once.
  func turn() throws {
    host.now += .microseconds(300)
    try replica.turn()
    try turnAgain()
  }

  private func turnAgain() throws {
    while replica.isDueAgain { try replica.turn() }
  }

  /// How it introduces itself to another.
  func identity(to peer: NodeID) -> PeerIdentity {
    let cluster = status.roster.cluster
    return PeerIdentity(
      cluster: cluster, from: id, incarnation: incarnation, to: peer,
      initialNames: cluster == nil ? initialNames : nil)
  }

  /// Why it does not listen.
  func objection(to sender: PeerIdentity) -> PeerObjection? {
    status.objection(to: sender, initialNames: initialNames)
  }

  /// Asks for a write.
  func put(_ key: String, _ value: String) throws -> Answer<Outcome> {
    let answer = Answer<Outcome>()
    try replica.hear(.write(.command(try Self.put(key, value)), answer.reply))
    return answer
  }

  static func put(_ key: String, _ value: String) throws -> Put {
    Put(try Path(Array("/\(key)".utf8)), Array(value.utf8))
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
  struct Sent {
    let messages: PendingMessages
    let peer: NodeID
    let lane: Lane
  }

  var now = ContinuousClock.now
  private(set) var members: [MemberRecord] = []
  private(set) var isRemoved = false
  private var sent: [Sent] = []
  /// Snapshots to be sent.
  var snapshots: [(message: Message, record: SnapshotRecord)] = []
  var background: [@Sendable () -> ReplicaInput?] = []
  private var random: SplitMix64

  init(_ seed: UInt64) { random = SplitMix64(seed: seed) }

  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {
    sent.append(Sent(messages: messages, peer: peer, lane: lane))
  }

  func sendSnapshot(_ message: Message, _ record: SnapshotRecord) {
    snapshots.append((message, record))
  }

  func connect(to members: [MemberRecord]) { self.members = members }
  func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?) { background.append(work) }
  func noteRemoval() { isRemoved = true }
  func randomNumber() -> UInt64 { max(random.next(), 1) }

  func takeSent() -> [Sent] {
    defer { sent = [] }
    return sent
  }
}
