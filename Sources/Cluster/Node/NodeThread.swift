import Raft
import Store
import WAL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The owner of a node: what its thread does, and the main path of a cluster's write.
///
/// ```
///   mailbox ──► hear all there is ──► work ──► answer ──► mailbox ...
///                                      │
///   work:  take effects ──► send now ──► write and sync ──► send after ──► apply
///             ▲                (the followers' disks work meanwhile)        │
///             └──────────── until there is nothing to write ◄───────────────┘
/// ```
///
/// It alone touches the Raft node, the journal and the roster, and it alone applies. While it syncs one
/// batch the next one gathers in the mailbox (group commit); a disk that is stuck keeps the heartbeats
/// back too, so that a node which cannot write does not lead for long. Everything here is synchronous,
/// and the order in which things are done is the order of the lines.
final class NodeThread<D: Disk & Sendable> {
  var node: RaftNode
  let journal: Journal<D>
  let disk: D
  let store: KeyValueStore
  let registry: CommandRegistry
  let time: ClusterTime
  let mailbox: Mailbox<NodeMessage>
  let board: StatusBoard
  let transport: Transport
  let settings: NodeSettings
  /// This node as the roster should show it.
  var identity: MemberRecord

  var roster: Roster
  /// See ``NodeStatus/acquaintances``.
  var acquaintances: [MemberRecord]
  var answers = Answers()
  /// Ticks since the start.
  var now: UInt64 = 0
  private var newTicks = 0
  private let patienceTicks: UInt64

  // Writes: see +Proposals.
  /// Neither proposed nor forwarded yet.
  var queue: [Pending] = []
  /// As ``queue``, but refused for the moment: tried again at the next tick.
  var held: [Pending] = []
  /// Whether one of those may be a change of membership, which goes alone.
  var mayHoldChanges = false
  /// So large a payload is likely to be: its array need not grow.
  var usualPayloadBytes = 0
  /// Proposed or forwarded, by their numbers.
  var pending: [UInt64: Pending] = [:]
  /// The bytes of those.
  var pendingBytes = 0
  /// How many of those this node's own clients wait for.
  var ownUnderWay = 0
  var gathering = Gathering()
  /// Until when the writes in the queue wait for company; nil: they do not.
  var gatheringEnd: ContinuousClock.Instant?
  var lastID = PeerMessage.firstNumber()
  var counts = NodeCounts()

  // Reads: see +Reads.
  var reads = ReadsInProgress()

  // The start: see +Start.
  /// Where the log ended when it was opened.
  let openedIndex: LogIndex
  /// Whether the store may be served.
  var isStarted = false
  var waitingForStart: [PendingRead] = []

  // The disk: see +Disk.
  /// What has to wait until it is written.
  var queued = WorkQueue()
  /// Whether there was no space for it when that was last tried.
  var isDiskFull = false
  var snapshotBeingWritten: SnapshotInProgress?
  /// The snapshot of which Raft is just hearing.
  var received: ReceivedSnapshot?
  let intake: SnapshotIntake<D>
  /// Why peers were not given a snapshot the last time it was tried.
  var snapshotFailures: [NodeID: String] = [:]
  let syncTimes: Histogram

  // Members: see +Members.
  var hasProposedFounding: Term?
  var nextDescription: UInt64 = 0
  var ended: RemovalNotice
  /// The leader that this node still follows although it was removed.
  var leavingLeader: NodeID?
  /// Who has proved that this node was removed.
  var removalWitnesses: Set<NodeID> = []
  var nextRemovalQuestion: UInt64 = 0

  var leadership: Leadership?
  /// The last term in which this node has begun to lead: see ``leadInTime()``.
  var termOfTime: Term?
  var hasToldOfLag = false
  var draining: (waiting: [UnsafeContinuation<Void, Never>], deadline: UInt64)?
  var closing: [UnsafeContinuation<Void, Never>] = []
  var isClosed = false
  var isDraining: Bool { draining != nil }

  /// A node as its data directory has it, for its thread to take over.
  init(
    _ node: consuming RaftNode, found: DataDirectory<D>, on disk: D, as identity: MemberRecord,
    _ settings: NodeSettings, applyingTo store: KeyValueStore, registry: CommandRegistry,
    time: ClusterTime, mailbox: Mailbox<NodeMessage>, board: StatusBoard, transport: Transport,
    intake: SnapshotIntake<D>, syncTimes: Histogram, ended: RemovalNotice
  ) {
    openedIndex = node.core.log.lastIndex
    self.node = node
    journal = found.journal
    roster = found.firstRoster
    acquaintances = settings.acquaintances
    self.disk = disk
    self.identity = identity
    self.settings = settings
    patienceTicks = settings.patienceTicks
    self.store = store
    self.registry = registry
    self.time = time
    self.mailbox = mailbox
    self.board = board
    self.transport = transport
    self.intake = intake
    self.syncTimes = syncTimes
    self.ended = ended
  }

  /// Works until the node is closed.
  /// - Returns: who waits for that.
  func run() -> [UnsafeContinuation<Void, Never>] {
    var messages: [NodeMessage] = []
    do throws(JournalError) {
      try begin()
      while !isClosed {
        mailbox.receive(into: &messages, until: gatheringEnd)
        for message in messages { try hear(message) }
        try turn()
      }
    } catch {
      if let violation = node.core.violation {
        note(violation)
      } else {
        log("event=failed reason=\(quoted("\(error)")); stopping")
      }
      // Not `exit`: nothing of this process may run any more.
      _exit(1)
    }
    for message in mailbox.close() { message.refuse() }
    return closing
  }

  private func begin() throws(JournalError) {
    noteSnapshot()
    // What is committed is applied before anything has to be written, for which there may be no space.
    try work()
    startIfAlone()
    campaignIfAlone()
    seeToStart()
    try turn()
  }

  /// A node without others need not wait to see whether somebody leads: nobody does.
  func campaignIfAlone() {
    guard isSoleVoter else { return }
    for _ in 0..<2 * node.core.options.electionTicks where node.core.role == .follower {
      node.tick()
    }
  }

  private func hear(_ message: NodeMessage) throws(JournalError) {
    switch message {
    case .tick:
      newTicks += 1
      node.elapse()
    case .proposal(let operation, let continuation): accept(operation, continuation)
    case .read(let continuation):
      reads.arrived.append(PendingRead(continuation: continuation, deadline: deadline))
    case .start(let continuation):
      acceptStart(PendingRead(continuation: continuation, deadline: deadline))
    case .peer(let peer, let messages):
      for message in messages { hear(message, from: peer) }
    case .snapshotWritten(let metadata, let result): try adopt(metadata, result)
    case .snapshotReceived(let message, let snapshot): try consider(snapshot, message)
    case .snapshotSent(let peer, let failure): noteSent(to: peer, failure)
    case .introduced(let members): meet(members)
    case .serving(let address): noteAddress(address)
    case .removed(let member): noteRemoval(by: member)
    case .drain(let continuation): drain(continuation)
    case .close(let continuation): closing.append(continuation)
    }
  }

  private func hear(_ message: PeerMessage, from peer: NodeID) {
    switch message {
    case .raft(let message):
      if case .appendEntries = message.content { counts.appendsReceived += 1 }
      // The term may have risen since the message was let in.
      node.step(message)
    case .forward(let first, let operations): propose(operations, from: peer, first: first)
    case .forwarded(let first, let count, let result): settle(first, count, result, from: peer)
    case .read(let id): beginRead(id, from: peer)
    case .readable(let id, let index): settleRead(id, index, from: peer)
    }
  }

  /// Does everything that follows from what was heard.
  private func turn() throws(JournalError) {
    if newTicks > 0 { try tick() }
    submitProposals()
    submitReads()
    try work()
    if noteLeadership() || !queue.isEmpty {
      // What was held back, or waited for a leader or for others to be answered, may go at once.
      submitProposals()
      submitReads()
      try work()
    }
    foundIfNeeded()
    try work()
    publish()
    answers.resumeAll()
    finishDraining()
    if !closing.isEmpty { try close() }
  }

  private func tick() throws(JournalError) {
    now += UInt64(newTicks)
    // Only after the messages that came with it were heard: a process that was stopped must not
    // take its own absence for the leader's.
    node.checkTimers()
    newTicks = 0
    queue += held
    held.removeAll()
    if isDiskFull { try advance() }
    intake.dropIdle(for: SnapshotLimits.idleTime)
    giveUpLate()
    seeToStart()
    reads.retryLate(now: now, after: UInt64(node.core.options.electionTicks))
    describeIfNeeded()
    askWhetherRemoved()
  }

  /// Does what the node asks for, until it asks for nothing more.
  func work() throws(JournalError) {
    while true {
      let result = node.takeEffects()
      // Before anything else that could go wrong: nothing of what is under way counts any more.
      if let violation = node.core.violation { throw .violated(words(violation)) }
      let effects = result.effects
      send(effects.messages)
      transport.flush()
      for report in effects.reports { log("event=report what=\(quoted("\(report)"))") }
      for read in result.lostReads { lose(read) }
      queued.add(result, effects.snapshot == nil ? nil : received.take())
      if !isDiskFull { try advance() }
      guard effects.mustPersist && !isDiskFull else { return }
    }
  }

  /// Nobody waits longer than this for anything that another node has to do.
  var deadline: UInt64 { now + patienceTicks }

  func log(_ line: String) { settings.log("node=\(identity.name) \(line)") }
}

/// A value in a line of the log, in quotation marks.
func quoted(_ text: String) -> String { text.debugDescription }
