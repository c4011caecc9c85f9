import Raft
import Store
import WAL

/// One run of a whole cluster on virtual time, from one seed.
///
/// ```
///            ┌──────────── events, in the order of virtual time ───────────┐
///            ▼                                                             │
///   clients, faults, ticks, messages, disks ──► hosts (node, disk) ──► effects
///                                                   │
///                                        Referee ◄──┘   every step is judged at once
/// ```
///
/// First comes the chaos; then all faults end, and within a bounded time a leader has to be found
/// and every client answered. Nothing here reads a clock, or iterates over a set or a dictionary:
/// the same seed gives the same events, in debug and release, on any machine.
final class Schedule {
  enum Phase { case chaos, recovery, done }

  let seed: UInt64
  var options: ScheduleOptions
  var random: RandomStreams
  var queue = EventQueue()
  var now: Instant = 0
  var phase = Phase.chaos
  var eventCount = 0
  /// Over everything that happened.
  var digest = Digest()

  var hosts: [Host] = []
  var bag = MessageBag()
  /// By sender and receiver, for up to ``maxHosts`` hosts: until when messages are lost.
  var cutUntil: [Instant]
  static let maxHosts = 12
  var slow: SlowHost?
  /// Like ``cutUntil``: by how much longer messages take on a link that a reader has slowed down.
  /// Empty while there is none.
  var linkDelays: [Instant] = []

  var clients: [SimulatedClient] = []
  var operations: [ClientOperation] = []
  /// By operation: the client that asked for it.
  var owners: [Int] = []
  /// By operation: how far anything was committed when the read arrived.
  var readFloors: [LogIndex] = []
  var referee: Referee
  var recoveryBegan: Instant = 0
  /// Who is to lead at the end, and when an operator asks for it again.
  var successor: Int?
  var nextTransfer: Instant = 0
  var counts = Counts()
  var story: Story?
  /// Writes everything down for a page.
  var recorder: Recorder?
  /// What a reader does meanwhile: see +Deeds.
  var deeds = Deeds()
  var isQuiet = false
  /// The client that does what the reader wants.
  var readersClient: Int?
  /// What a script leaves out; set before it runs.
  var edit: ScheduleEdit? {
    didSet { if let edit { options = edit.applied(to: options) } }
  }
  /// How each fault was drawn, in order.
  var faultDraws: [FaultDraw] = []
  #if DEBUG
    /// A bug planted from outside; only debug builds can have one.
    var sabotage: Sabotage?
  #endif

  init(
    seed: UInt64, profile: Profile, nodeCount: Int? = nil, chaosEvents: Int = 1000,
    story: Story? = nil
  ) {
    self.seed = seed
    random = RandomStreams(seed: seed)
    options = ScheduleOptions(
      profile: profile, nodeCount: nodeCount, chaosEvents: chaosEvents, random: &random.options)
    self.story = story
    cutUntil = [Instant](repeating: 0, count: Schedule.maxHosts * Schedule.maxHosts)
    let members = Membership(voters: (1...UInt64(options.nodeCount)).map { NodeID($0) })
    referee = Referee(members: members)
    operations.reserveCapacity(128)
    for _ in 0..<options.nodeCount { addHost(members: members) }
    for client in 0..<options.clientCount {
      clients.append(SimulatedClient(target: random.clients.next(below: options.nodeCount)))
      queue.schedule(.clientActs(client: Int16(client)), at: Instant(client) * 1000)
    }
    if !options.weights.isEmpty {
      queue.schedule(.fault, at: random.faults.instant(0, 2 * options.faultInterval))
    }
  }

  /// A machine with an empty disk joins; who the members are it knows only if it is one of the
  /// first.
  func addHost(members: Membership) {
    let number = hosts.count
    let id = NodeID(UInt64(number + 1))
    let machine = RegisterMachine(keyCount: options.keyCount)
    let disk = DurableLog(members: members, machine: machine)
    let drift = options.drift == 0 ? 0 : random.nodes.between(-options.drift, options.drift)
    let tick = options.tick + options.tick * Instant(drift) / 1000
    let node = makeNode(id, disk)
    hosts.append(Host(id: id, node: node, machine: machine, disk: disk, tick: tick))
    if options.usesJournal { hosts[number].journal = makeJournal(id) }
    queue.schedule(
      .tick(host: Int16(number), life: 0),
      at: now + (options.isLockstep ? options.tick : random.nodes.instant(1, options.tick)))
  }

  private func makeJournal(_ id: NodeID) -> JournaledDisk? {
    do throws(JournalError) {
      return try JournaledDisk(
        node: id, segmentSize: options.segmentSize, padding: options.logPadding)
    } catch {
      referee.fail(.recoveryIsExact, "no journal can be made for \(id): \(error)")
      return nil
    }
  }

  func makeNode(_ id: NodeID, _ disk: DurableLog) -> RaftNode {
    var raft = options.raft
    raft.seed = random.nodes.next()
    return RaftNode(id: id, restored: disk.restored, raft: raft, options: options.node)
  }

  /// Runs to the end; what went wrong, if anything did.
  func run() -> Failure? {
    while phase != .done, let (time, event) = queue.next() {
      now = time
      eventCount += 1
      handle(event)
      recorder?.note(self)
      if let (invariant, description) = referee.failure {
        return Failure(invariant: invariant, description: description, time: now)
      }
      advancePhase()
    }
    if let (invariant, description) = referee.failure {
      return Failure(invariant: invariant, description: description, time: now)
    }
    return nil
  }

  private func handle(_ event: ScheduledEvent) {
    switch event {
    case .deliver(let place): deliver(place)
    case .tick(let host, let life): tick(Int(host), life)
    case .diskDone(let host, let life): diskDone(Int(host), life)
    case .snapshotDone(let host, let life): snapshotDone(Int(host), life)
    case .streamEnds(let host, let life, let receiver, let succeeded):
      guard hosts[Int(host)].life == life else { return }
      run(Int(host)) { $0.snapshotSent(to: NodeID(UInt64(receiver) + 1), succeeded: succeeded) }
    case .clientActs(let client): clientActs(Int(client))
    case .requestArrives(let client, let operation):
      requestArrives(Int(client), operation: Int(operation))
    case .answerArrives(let client, let operation):
      answerArrives(Int(client), operation: Int(operation))
    case .patienceEnds(let client, let operation):
      patienceEnds(Int(client), operation: Int(operation))
    case .fault: strike()
    case .deed(let place): perform(deed: Int(place))
    case .operatorActs: operatorActs()
    case .rivalry: rivalry()
    case .jinx(let host, let life): if hosts[Int(host)].life == life { jinx(Int(host)) }
    case .restart(let host, let life): if hosts[Int(host)].life == life { restart(Int(host)) }
    case .resume(let host, let life): if hosts[Int(host)].life == life { resume(Int(host)) }
    }
  }

  /// Mixes what happened into the digest.
  func record(_ kind: UInt64, _ a: UInt64, _ b: UInt64 = 0) {
    digest.add(UInt64(bitPattern: now) << 8 | kind)
    digest.add(a << 32 ^ b)
  }
}
