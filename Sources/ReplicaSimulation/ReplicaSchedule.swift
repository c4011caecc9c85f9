import Bytes
import JSON
import Raft
import RaftSimulation
import Replication
import Store
import Synchronization
import WAL

/// One run of whole nodes from one seed: replicas with their journals, rosters, gates, snapshots in
/// pieces and messages in their JSON form, while processes end, power goes, disks are full, links
/// lose and delay, members come and go.
///
/// A round is a heartbeat interval. First comes the chaos; then all faults end, and everything that
/// is asked has to be answered, and all members have to agree.
package final class ReplicaSchedule {
  /// What went wrong, and when.
  package struct Failure: Error, CustomStringConvertible {
    package let seed: UInt64
    let round: Int
    let what: String
    /// For people: the seed, the round, what went wrong, and the last lines of the story.
    package var description: String { "seed \(seed), round \(round): \(what)" }
  }

  /// A machine: its disk outlives its process.
  struct Host {
    let name: String
    let clock: MachineClock
    /// It moves to another port now and then.
    var port = 1
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
    /// A bit of its disk was flipped while it was down.
    var isDamaged = false
    /// Its members have removed it, and it has ended for good.
    var isGone = false
    var life = 0

    var url: String { "http://\(name):\(port)" }
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
  /// A node that wants to be a member, and where it is already known, if its directory was lost.
  var joiner: (record: MemberRecord, place: Int?)?
  /// A member that an operator is to replace.
  var loss: Loss?
  /// A member that an operator is about to move.
  var move: Move?
  /// Whose directory was damaged last.
  var damagedID: NodeID?
  var leases: [Lease] = []
  /// Microseconds since the start, by no machine's clock.
  let time = VirtualTime()
  var round = 0
  /// Counts everything, for the order of calls and answers.
  var step: Int64 = 0
  /// The terms of all entries that some node has committed.
  private var committed: [LogIndex: Term] = [:]
  /// What a client saw that cannot be.
  var verdict: String?
  /// Whether faults may happen.
  var isChaos = true
  /// The last lines of what happened.
  private(set) var story: [String] = []
  private let tellStory: ((String) -> Void)?
  /// How often what happened.
  package internal(set) var counts: [String: Int] = [:]
  /// Equal runs have equal digests.
  package private(set) var digest: UInt64 = 14_695_981_039_346_656_037

  static let firstNames = ["node1", "node2", "node3"]
  static let keys = ["a", "b"]

  /// - Parameter tellStory: is given each line of what happens.
  package init(seed: UInt64, tellStory: ((String) -> Void)? = nil) {
    self.seed = seed
    self.tellStory = tellStory
    random = SplitMix64(seed: seed)
    for name in Self.firstNames { addHost(name) }
    for number in 0..<3 { clients.append(Client(number: number)) }
    for number in 0..<2 { leases.append(Lease(key: "lease\(number)")) }
  }

  // MARK: Running

  /// Runs to the end; throws a ``Failure``.
  package func run(chaos rounds: Int = 150) throws {
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
    let line = "\(round): \(line)"
    // FNV-1a.
    for byte in line.utf8 { digest = (digest ^ UInt64(byte)) &* 1_099_511_628_211 }
    tellStory?(line)
    story.append(line)
    if story.count > 400 { story.removeFirst(200) }
  }

  private func playRound() throws {
    round += 1
    time.pass(milliseconds: 100)
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
    for place in leases.indices { try useLease(place) }
    try expire()
    try administer()
    try replaceLost()
    try goOnMoving()
    try askToJoin()
    for _ in 0..<random.between(20, 120) {
      step += 1
      counts["steps", default: 0] += 1
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
    for name in Self.firstNames { settings.addresses[name] = [Self.firstAddress(of: name)] }
    settings.nodeOptions.snapshotInterval = 12
    settings.nodeOptions.entriesKept = 4
    nonisolated(unsafe) let schedule = self
    settings.log = { line in schedule.tell(line) }
    do {
      let node = try VirtualNode(
        settings, on: hosts[place].disk, incarnation: hosts[place].incarnation ?? random.next() | 1,
        seed: random.next(), clock: hosts[place].clock.source, url: hosts[place].url,
        joined: hosts[place].joined)
      hosts[place].node = node
      tell("\(node.name) starts")
      try node.begin()
      collect(node)
    } catch {
      // What was flipped was found: an operator gives the machine an empty disk.
      if hosts[place].isDamaged { return noteDamage(place, error) }
      try end(place, error)
    }
  }

  /// Where the flags of all nodes say that a first member is.
  static func firstAddress(of name: String) -> HostPort { HostPort(host: name, port: 1) }

  func addHost(_ name: String) {
    hosts.append(Host(name: name, clock: MachineClock(time, &random)))
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
    try checkCommitted(by: node)
    collect(node)
    if node.replica.isClosed || node.host.isRemoved { retire(place) }
  }

  /// What one node has committed no other ever commits otherwise.
  private func checkCommitted(by node: VirtualNode) throws {
    let core = node.replica.node.core
    let log = core.log
    var index = core.commitIndex
    while index > log.base.index, let term = log.term(at: index), committed[index] != term {
      if committed[index] != nil {
        throw failure("\(node.name) has committed another entry at \(index) than others have")
      }
      committed[index] = term
      index = index - 1
    }
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
