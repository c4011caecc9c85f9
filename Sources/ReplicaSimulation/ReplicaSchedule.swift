import Bytes
import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store

/// One run of whole nodes from one seed: replicas with their journals, rosters, gates, snapshots in
/// pieces and messages in their JSON form, while processes end, power goes, disks are full, links
/// lose and delay, members come and go.
///
/// A round is a heartbeat interval. First comes the chaos; then all faults end, and everything that
/// is asked has to be answered, and all members have to agree.
package final class ReplicaSchedule {
  /// A machine: its disk outlives its process.
  struct Host {
    let name: String
    let clock: MachineClock
    /// It moves to another port now and then.
    var port = 1
    var disk = MemoryDisk()
    var node: VirtualNode?
    /// Whether it is started without being one of the first.
    var joins = false
    /// An operator has made it a cluster of its own: it is started without peers.
    var isAlone = false
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
    /// How much was applied when it last showed its store to a client that asks for no more.
    var shown = LogIndex.zero
    /// The tick since which a client waits for its start; nil: none does.
    var startAwaitedSince: UInt64?
    /// It has proposed to remove what has expired.
    var isExpiring = false
    /// Its process is to end in good order, and has handed over what it could.
    var isDrained = false
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
    /// How many bytes pass in a round; nil: any number, at once.
    let bytesPerRound: Int?
    var queue: [(sender: PeerIdentity, messages: PendingMessages)] = []
    /// How much of the oldest messages has passed.
    var bytesPassed = 0
    var cutUntil = 0
  }

  let seed: UInt64
  var random: SplitMix64
  var hosts: [Host] = []
  var links: [Link] = []
  var transfers: [Transfer] = []
  var clients: [Client] = []
  var history: [ClientOperation] = []
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
  var committed: [LogIndex: Term] = [:]
  /// What watchers were told, at any node.
  var events: [StoreIndex: Event] = [:]
  /// What a client saw that cannot be.
  var verdict: String?
  /// Whether what is large passes slowly between nodes, also after the faults have ended.
  let hasNarrowLinks: Bool
  /// Whether faults may happen.
  var isChaos = true
  /// The last lines of what happened.
  private(set) var story: [String] = []
  private let tellStory: ((String) -> Void)?
  /// How often what happened.
  package internal(set) var counts: [String: Int] = [:]
  /// Equal runs have equal digests.
  package private(set) var digest: UInt64 = 14_695_981_039_346_656_037

  /// Bytes per second that nodes are told to expect of a link; narrow ones carry a little more.
  static let slowestLink = 4_096
  static let firstNames = ["node1", "node2", "node3"]
  static let keys = ["a", "b"]

  /// - Parameter tellStory: is given each line of what happens.
  package init(seed: UInt64, tellStory: ((String) -> Void)? = nil) {
    self.seed = seed
    self.tellStory = tellStory
    random = SplitMix64(seed: seed)
    hasNarrowLinks = random.chance(200)
    for name in Self.firstNames { addHost(name) }
    for number in 0..<3 { clients.append(Client(number: number)) }
    for number in 0..<2 { leases.append(Lease(key: "lease\(number)")) }
  }

  // MARK: Running

  /// Runs to the end, once; throws a ``Failure``.
  package func run(chaos rounds: Int = 150) throws {
    // The nodes' callers and logs refer to the schedule, which would keep itself alive.
    defer { (hosts, links, transfers) = ([], [], []) }
    for place in hosts.indices { try start(place) }
    while round < rounds { try playRound() }
    isChaos = false
    tell("all faults end")
    for place in hosts.indices {
      hosts[place].pausedUntil = 0
      hosts[place].fullUntil = 0
      hosts[place].disk.room = .max
      hosts[place].disk.operationsLeft = .max
      hosts[place].disk.failure = nil
      if hosts[place].node == nil, !hosts[place].isGone, hosts[place].returns != nil {
        hosts[place].returns = round
      }
    }
    for place in links.indices { links[place].cutUntil = 0 }
    for place in clients.indices { clients[place].unanswered = Client.finalRequests(hosts.count) }
    try comeToRest()
    if try loseMajority() { try comeToRest() }
    if let key = LinearizabilityChecker.violation(in: history, keyCount: Self.keys.count) {
      throw failure(
        .linearizable, "what clients saw of key \(Self.keys[key]) could not have happened")
    }
  }

  private func comeToRest() throws {
    // On a narrow link it takes a while until what was sent in vain has passed.
    let last = round + (hasNarrowLinks ? 1_800 : 900)
    while let open = whatIsOpen {
      if round > last { throw failure(.comesToRest, open) }
      try playRound()
    }
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
      if hosts[place].isDrained { try hear(place, .close(.call { _ in })) }
      if hosts[place].fullUntil == round { hosts[place].disk.room = .max }
      // Clocks differ: some nodes tick more often.
      for _ in 0..<(random.chance(40) ? 2 : random.chance(40) ? 0 : 1) {
        try hear(place, .tick)
      }
    }
    for place in links.indices where !links[place].queue.isEmpty {
      links[place].bytesPassed += links[place].bytesPerRound ?? 0
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
}
