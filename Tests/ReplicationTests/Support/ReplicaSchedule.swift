import HTTPAPI
import JSON
import Raft
import RandomSupport
import Store
import Synchronization
import WAL

@testable import RaftSimulation
@testable import Replication

/// One run of whole nodes from one seed: replicas with their journals, rosters, gates, snapshots in
/// pieces and messages in their JSON form, while processes end, power goes, disks are full, links lose
/// and delay, members come and go.
///
/// A round is a heartbeat interval. First comes the chaos; then all faults end, and everything that is
/// asked has to be answered, and all members have to agree.
final class ReplicaSchedule {
  struct Failure: Error, CustomStringConvertible {
    let seed: UInt64
    let round: Int
    let what: String
    var description: String { "seed \(seed), round \(round): \(what)" }
  }

  /// A machine: its disk outlives its process.
  struct Host {
    let name: String
    var disk = SimulatedDisk()
    var node: VirtualNode?
    /// Whether it is started without being one of the first.
    var joins = false
    /// What it was told when it joined.
    var joined: (id: NodeID, members: [MemberRecord])?
    /// Of its directory, which a node that joins has before it asks.
    var incarnation: UInt64?
    /// The round in which its process is started again.
    var returns: Int?
    /// Until when it neither hears nor ticks.
    var pausedUntil = 0
    /// Until when its disk takes nothing.
    var fullUntil = 0
    /// Its members have removed it, and it has ended for good.
    var isGone = false
    var life = 0
  }

  /// A way from one node to another; messages on it stay in order.
  struct Link {
    let from: NodeID
    let to: NodeID
    let lane: Lane
    var queue: [(sender: PeerIdentity, messages: PendingMessages)] = []
    var cutUntil = 0
  }

  let seed: UInt64
  var random: SplitMix64
  var hosts: [Host] = []
  var links: [Link] = []
  var transfers: [Transfer] = []
  var clients: [Client] = []
  var history: [RaftSimulation.Operation] = []
  /// A node that wants to be a member.
  var joiner: MemberRecord?
  var round = 0
  /// Counts everything, for the order of calls and answers.
  var step: Int64 = 0
  /// Whether faults may happen.
  var isChaos = true
  /// The last lines of what happened.
  private(set) var story: [String] = []
  var counts: [String: Int] = [:]

  static let firstNames = ["node1", "node2", "node3"]
  static let keys = ["a", "b"]

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    for name in Self.firstNames { hosts.append(Host(name: name)) }
    for number in 0..<3 { clients.append(Client(number: number)) }
  }

  // MARK: Running

  /// Runs to the end; throws a ``Failure``.
  func run(chaos rounds: Int = 150) throws {
    for place in hosts.indices { try start(place) }
    while round < rounds { try playRound() }
    isChaos = false
    tell("all faults end")
    for place in hosts.indices {
      hosts[place].pausedUntil = 0
      hosts[place].fullUntil = 0
      hosts[place].disk.room = .max
      hosts[place].disk.operationsLeft = .max
      if hosts[place].node == nil, !hosts[place].isGone, hosts[place].returns != nil {
        hosts[place].returns = round
      }
    }
    for place in links.indices { links[place].cutUntil = 0 }
    for place in clients.indices { clients[place].unanswered = Client.finalRequests(hosts.count) }
    while let open = whatIsOpen {
      if round > rounds + 900 { throw failure("never comes to rest: \(open)") }
      try playRound()
    }
    if let key = LinearizabilityChecker.violation(in: history, keyCount: Self.keys.count) {
      throw failure("what clients saw of key \(Self.keys[key]) could not have happened")
    }
  }

  func failure(_ what: String) -> Failure {
    let states = hosts.map { host -> String in
      guard let core = host.node?.replica.node.core else {
        return "\(host.name) is \(host.isGone ? "gone" : "down")"
      }
      return "\(host.name) \(core.id.hex): \(core.role) in term \(core.term), log to "
        + "\(core.log.lastIndex), committed \(core.commitIndex), voters "
        + core.membership.voters.map(\.hex).joined(separator: " ")
    }
    return Failure(
      seed: seed, round: round,
      what: ([what] + states + story.suffix(60)).joined(separator: "\n  "))
  }

  func tell(_ line: String) {
    story.append("\(round): \(line)")
    if story.count > 400 { story.removeFirst(200) }
  }

  private func playRound() throws {
    round += 1
    if isChaos { try strike() }
    for place in hosts.indices {
      if let returns = hosts[place].returns, returns <= round { try start(place) }
      if hosts[place].fullUntil == round { hosts[place].disk.room = .max }
      // Clocks differ: some nodes tick more often.
      for _ in 0..<(random.chance(40) ? 2 : random.chance(40) ? 0 : 1) {
        try hear(place, .tick)
      }
    }
    for place in clients.indices { try act(place) }
    try administer()
    try askToJoin()
    for _ in 0..<random.between(20, 120) {
      step += 1
      try playStep()
    }
    try checkPatience()
  }

  /// Lets one thing go on, somewhere.
  private func playStep() throws {
    switch random.next(below: 10) {
    case 0: try work(random.next(below: hosts.count))
    case 1: try goOnSending()
    case 2...3: try turn(random.next(below: hosts.count))
    default: try deliver()
    }
  }

  // MARK: Processes

  func start(_ place: Int) throws {
    hosts[place].returns = nil
    hosts[place].life += 1
    var settings = NodeSettings()
    settings.name = hosts[place].name
    settings.joins = hosts[place].joins
    settings.acceptsJoins = true
    settings.peers = Self.firstNames.filter { $0 != hosts[place].name }
    settings.nodeOptions.snapshotInterval = 12
    settings.nodeOptions.entriesKept = 4
    nonisolated(unsafe) let schedule = self
    settings.log = { line in schedule.tell(line) }
    do {
      let node = try VirtualNode(
        settings, on: hosts[place].disk, incarnation: hosts[place].incarnation ?? random.next() | 1,
        seed: random.next(),
        joined: hosts[place].joined)
      hosts[place].node = node
      tell("\(node.name) starts")
      try node.begin()
      collect(node)
    } catch { try end(place, error) }
  }

  /// The process ends by itself: a disk that fails ends it, a violation ends the test.
  private func end(_ place: Int, _ error: any Error) throws {
    if case .violated(let what)? = error as? JournalError {
      throw failure("\(hosts[place].name) has seen what Raft makes impossible: \(what)")
    }
    let isWithoutSpace = hosts[place].node == nil && hosts[place].disk.room < .max
    guard hosts[place].disk.operationsLeft == 0 || isWithoutSpace else {
      throw failure("\(hosts[place].name) ends: \(error)")
    }
    crash(place, losingPower: !isWithoutSpace)
  }

  func crash(_ place: Int, losingPower: Bool) {
    if hosts[place].isGone { return }
    tell("\(hosts[place].name) \(losingPower ? "loses power" : "is killed")")
    counts["crashes", default: 0] += 1
    forgetCalls(of: place)
    hosts[place].node = nil
    transfers.removeAll { self.place(of: $0.from) == nil }
    if losingPower {
      hosts[place].disk = hosts[place].disk.afterPowerCut(&random)
    }
    hosts[place].disk.operationsLeft = .max
    hosts[place].disk.room = hosts[place].fullUntil > round ? hosts[place].disk.room : .max
    hosts[place].returns = round + random.between(1, 60)
  }

  func isAwake(_ place: Int) -> Bool {
    hosts[place].node != nil && hosts[place].pausedUntil <= round
  }

  func hear(_ place: Int, _ input: ReplicaInput) throws {
    guard let node = hosts[place].node, isAwake(place) else { return }
    do { try node.replica.hear(input) } catch { return try end(place, error) }
    if random.chance(600) { try turn(place) }
  }

  func turn(_ place: Int) throws {
    guard let node = hosts[place].node, isAwake(place) else { return }
    do { try node.turn() } catch { return try end(place, error) }
    collect(node)
    if node.replica.isClosed || node.host.isRemoved { retire(place) }
  }

  /// Work in the background comes to its end.
  private func work(_ place: Int) throws {
    guard let node = hosts[place].node, isAwake(place), !node.host.background.isEmpty else {
      return
    }
    let work = node.host.background.remove(at: random.next(below: node.host.background.count))
    if let input = work() { try hear(place, input) }
  }

  private func retire(_ place: Int) {
    guard let node = hosts[place].node else { return }
    tell("\(node.name) ends, removed")
    forgetCalls(of: place)
    hosts[place].node = nil
    hosts[place].isGone = true
  }

  /// The node that has an id, if it runs.
  func place(of id: NodeID) -> Int? { hosts.firstIndex { $0.node?.id == id } }
}
