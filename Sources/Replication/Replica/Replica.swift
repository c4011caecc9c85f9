import Bytes
package import Raft
package import Store
package import WAL

/// A node without a thread and without sockets: everything it does, and the main path of a
/// cluster's write.
///
/// ```
///   inputs ──► hear ──► turn:  1 time
///                              2 submit writes and reads
///                              3 perform what Raft asks for, until it asks for nothing more:
///                                take effects ─► send now ─► write, sync ─► send after ─► apply
///                                           (the followers' disks work meanwhile)
///                              4 see what that changed
///                              5 send what that brought, publish the status, answer clients
///                              6 end, if it is time
/// ```
///
/// It alone touches the Raft node, the journal and the roster, and it alone applies. Everything is
/// synchronous, and the order in which things happen is the order of the lines: so the same inputs
/// at the same times, over the same disk, give the same node.
///
/// A ``NodeThread`` gives it turns: it hears all that has come, and then has one turn. While that
/// turn syncs a batch the next one gathers (group commit). A disk that is stuck keeps the
/// heartbeats back too, so that a node which cannot write does not lead for long.
package final class Replica {
  package internal(set) var node: RaftNode
  let journal: Journal
  let disk: any Disk & Sendable
  package let store: KeyValueStore
  let registry: CommandRegistry
  var operationReader: OperationReader
  package let time: ClusterTime
  package let board: StatusBoard
  let host: any ReplicaHost
  package let settings: NodeSettings
  /// This node as the roster should show it.
  package internal(set) var identity: MemberRecord

  var answers = Answers()
  var outgoing = OutgoingMessages()
  package internal(set) var counts = NodeCounts()
  /// Ticks since the start.
  package internal(set) var now: UInt64 = 0
  private var newTicks = 0
  /// Whether something is to be done at once, whatever is heard.
  package internal(set) var isDueAgain = false

  var warnings: Warnings
  private var repeated = RepeatedEvents()

  // Clients: see +Writes, +Reads and +Start.
  var writes: WritesInProgress
  var reads: ReadsInProgress
  var start: StartInProgress
  /// A payload is likely to be this large: its array need not grow.
  var usualPayloadBytes = 0

  // The disk: see +Effects and +Snapshots.
  /// What has to wait until it is written.
  var queued = WorkQueue()
  /// Whether there was no space for it when that was last tried.
  var isDiskFull = false
  var snapshots = Snapshots()
  let intake: SnapshotIntake
  let syncTimes: Histogram

  // Members: see +Members, +Leadership and +Removal.
  package internal(set) var roster: Roster
  /// See ``NodeStatus/unlistedMembers``.
  var unlistedMembers: [MemberRecord]
  /// Addresses of members beside those in the roster: an entry that is not applied names them, or
  /// another member does. Without them this node could not answer a leader that has moved, and so
  /// would never get the entry that says so.
  var toldURLs: [NodeID: [String]]
  /// When this node last proposed to bootstrap the cluster.
  var lastBootstrap: (term: Term, tick: UInt64)?
  /// The tick from which on this node's record may be proposed again.
  var nextDescription: UInt64 = 0
  var isDescriptionUnderWay = false
  var leader: LeaderTerm?
  /// The last term in which this node has begun to lead: see ``leadInTime()``.
  var termOfTime: Term?
  var hasToldOfLag = false
  var removal = RemovalEvidence()

  // The end: see +Ending.
  var draining: (waiting: [Reply<Void>], deadline: UInt64)?
  package private(set) var closing: [Reply<Void>] = []
  package internal(set) var isClosed = false

  /// A node as its data directory has it.
  ///
  /// - Parameters:
  ///   - host: kept for as long as the replica.
  ///   - firstNumber: where the numbers of its questions to other members begin; see
  ///     ``PeerMessage/firstNumber()``.
  package init(
    _ node: consuming RaftNode, from directory: DataDirectory, on disk: any Disk & Sendable,
    as identity: MemberRecord, settings: NodeSettings, applyingTo store: KeyValueStore,
    registry: CommandRegistry, time: ClusterTime, publishingOn board: StatusBoard,
    intake: SnapshotIntake, syncTimes: Histogram, host: any ReplicaHost, firstNumber: UInt64
  ) {
    start = StartInProgress(openedIndex: node.core.log.lastIndex)
    writes = WritesInProgress(
      lastNumber: firstNumber, bytesPerTick: settings.slowestBytesPerTick)
    reads = ReadsInProgress(lastNumber: firstNumber)
    self.node = node
    journal = directory.journal
    roster = directory.firstRoster
    unlistedMembers = settings.unlistedMembers
    toldURLs = Dictionary(
      settings.unlistedMembers.map { ($0.id, $0.urls) }, uniquingKeysWith: { first, _ in first })
    self.disk = disk
    self.identity = identity
    self.settings = settings
    warnings = Warnings(electionTimeout: settings.electionTimeout)
    self.store = store
    self.registry = registry
    operationReader = OperationReader(registry)
    self.time = time
    self.board = board
    self.intake = intake
    self.syncTimes = syncTimes
    self.host = host
  }

  // MARK: Turns

  /// The first turn, before anything is heard.
  package func begin() throws(JournalError) {
    connect()
    noteSnapshot()
    noteOwnRemoval()
    // What is committed is applied before anything has to be written, for which there may be no
    // space.
    try perform()
    _ = try proveLog()
    startIfAlone()
    campaignIfAlone()
    seeToStart()
    try turn()
  }

  /// Takes an input in; ``turn()`` does what follows from it.
  package func hear(_ input: ReplicaInput) throws(JournalError) {
    switch input {
    case .tick:
      newTicks += 1
      node.elapse()
    case .write(let operation, let reply): accept(operation, reply)
    case .read(let reply): reads.add(PendingRead(reply: reply, deadline: deadline))
    case .start(let reply): acceptStart(PendingRead(reply: reply, deadline: deadline))
    case .peer(let peer, let messages, _): for message in messages { hear(message, from: peer) }
    case .snapshotWritten(let metadata, let result): try adopt(metadata, result)
    case .snapshotReceived(let message, let snapshot): try consider(snapshot, message)
    case .snapshotSent(let peer, let failure): noteSent(to: peer, failure)
    case .introduced(let members): meet(members)
    case .removed(let member): noteRemoval(by: member)
    case .showTail(let reply): reply(tail())
    case .capture(let reply):
      let state = CapturedState(store, settings.sections)
      reply(ReplicaInput.BackupState(state: state, term: node.core.term))
    case .drain(let reply): drain(reply)
    case .close(let reply): closing.append(reply)
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
    case .read(let number): beginRead(number, from: peer)
    case .readable(let number, let index): reads.settle(number, index)
    }
  }

  /// Does everything that follows from what was heard.
  package func turn() throws(JournalError) {
    isDueAgain = false
    // 1
    if newTicks > 0 { try tick() }
    // 2
    submitWrites()
    submitReads()
    // 3
    try perform()
    // 4
    noteLeader()
    bootstrapIfNeeded()
    // 5
    // What came of what was applied: a follower's clients wait for the answer to its question.
    outgoing.flush(to: host)
    publish()
    answers.giveAll()
    // A writer does not wait until all watchers are told.
    store.deliver()
    // 6
    finishDraining()
    if !closing.isEmpty { try close() }
  }

  /// When the next turn is due though nothing is heard; nil: not before.
  package var nextTurn: ContinuousClock.Instant? { isDueAgain ? host.now : writes.delayEnd }

  private func tick() throws(JournalError) {
    now += UInt64(newTicks)
    // Only after the messages that came with it were heard: a process that was stopped must not
    // take its own absence for the leader's.
    node.checkTimers()
    newTicks = 0
    writes.releaseHeld()
    if isDiskFull, try proveLog() { try advance() }
    dropIdleSnapshot()
    giveUpLate()
    seeToStart()
    reads.retryLate(at: now, after: UInt64(node.core.options.electionTicks))
    describeIfNeeded()
    askWhetherRemoved()
    warn(host.now)
  }

  /// The last tick at which a client still waits for what another node has to do.
  var deadline: UInt64 { now + settings.patienceTicks }

  /// Whether it leads.
  package var isLeader: Bool { node.core.role == .leader }

  /// Writes a message to a peer, which leaves before the next sync.
  func write(
    to peer: NodeID, on lane: Lane = .control, forwarding forwarded: Range<UInt64>? = nil,
    _ write: (inout [UInt8]) -> Void
  ) {
    outgoing.write(to: peer, on: lane, forwarding: forwarded, through: host, write)
  }

  private func warn(_ time: ContinuousClock.Instant) {
    if let line = warnings.tick(at: time) { log(line) }
    let lines = warnings.progress(
      of: node.core.peers.map { ($0.id, $0.matchIndex) }, lastIndex: node.core.log.lastIndex,
      at: time, called: name(of:))
    for line in lines { log(line) }
    for line in repeated.due(at: time) { writeLine(line) }
  }

  func log(_ line: LogLine) {
    if let line = repeated.admit(line, at: host.now) { writeLine(line) }
  }

  private func writeLine(_ line: LogLine) { settings.log(line.with("node", identity.name)) }
}
