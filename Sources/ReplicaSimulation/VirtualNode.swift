import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store
import Synchronization
import Timeout
import WAL

/// A replica without a thread, on a disk in memory.
final class VirtualNode {
  static let registry = CommandRegistry([Put.self, Delete.self, Expire.self])

  let replica: Replica
  let store = KeyValueStore()
  let watcher = ReplicaSchedule.Watcher()
  let host: VirtualHost
  let disk: MemoryDisk
  let intake: SnapshotIntake
  let incarnation: UInt64
  private let initialNames: [String]?

  var id: NodeID { replica.identity.id }
  var name: String { replica.identity.name }
  var status: NodeStatus { replica.board.present }

  /// - Parameters:
  ///   - incarnation: of the directory, if it is new.
  ///   - clock: the machine's.
  ///   - url: where other members reach it.
  ///   - joined: what a member said to a node that joins.
  init(
    _ settings: NodeSettings, on disk: MemoryDisk, incarnation: UInt64, seed: UInt64,
    clock: any TimeSource, url: String? = nil,
    joined: (id: NodeID, members: [MemberRecord])? = nil
  ) throws {
    let own = Identity(cluster: nil, node: settings.name, incarnation: incarnation)
    store.observe(watcher)
    let found = try DataDirectory(disk, settings, store, as: own)
    var settings = settings
    settings.begin(with: found.roster)
    var identity = found.identity(settings)
    if found.ownRecord == nil, let joined {
      settings.unlistedMembers = joined.members
      identity = identity.with(id: joined.id)
    }
    identity.urls = [url ?? "http://\(settings.name):1"]
    let node = found.node(of: identity.id, settings, seed: seed)
    let time = ClusterTime(clock)
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
    while replica.isDueAgain, !replica.isClosed { try replica.turn() }
  }

  /// How it introduces itself to another.
  func identity(to peer: NodeID) -> PeerIdentity {
    let cluster = status.roster.cluster
    var identity = PeerIdentity(
      cluster: cluster, from: id, incarnation: incarnation, to: peer,
      initialNames: cluster == nil ? initialNames : nil)
    identity.time = replica.time.known
    return identity
  }

  /// Takes note of the time that comes with messages.
  func noteTime(of sender: PeerIdentity) {
    guard let time = sender.time else { return }
    replica.time.hear(time, fromLeader: status.leader == sender.from)
  }

  /// Why it does not listen.
  func objection(to sender: PeerIdentity) -> PeerObjection? {
    status.objection(to: sender, initialNames: initialNames)
  }

  static func put(_ key: String, _ value: String, timeToLive: Int64? = nil) throws -> Put {
    Put(try Path(Array("/\(key)".utf8)), Array(value.utf8), timeToLive: timeToLive)
  }

  func value(_ key: String) -> String? {
    guard let path = try? Path(Array("/\(key)".utf8)),
      let bytes = try? store.get(path).node.info.value
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
