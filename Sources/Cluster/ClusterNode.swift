import Bytes
public import HTTP
public import Loop
import Options
import Platform
import Raft
public import Replication
public import Store
import Synchronization
import WAL

/// A node of a cluster, or on its own: the proposer of step 6.
///
/// ```
///    /put /get ... ─► propose, barrier ─┐                        ┌─► store ─► watchers
///    /raft/messages ─► messages ────────┼─► mailbox ─► node's ───┼─► journal
///    clock ─► ticks ────────────────────┘              thread    └─► transport ─► other nodes
/// ```
///
/// Its life: ``open(_:in:applyingTo:registry:time:loops:)``, ``start()``, ``run()`` for as long as
/// it serves, ``drain()`` when it is to stop, ``close()``.
public final class ClusterNode: Proposer, Sendable {
  let mailbox: Mailbox<ReplicaInput>
  let backlog: PeerBacklog
  let board: StatusBoard
  let transport: Transport
  let settings: NodeSettings
  /// The data directory's path.
  let directory: String
  let syncTimes: Histogram
  let clusterTime: ClusterTime
  let clocks: PeerClocks
  /// What time it is for the keys: the leader's time.
  public var time: any TimeSource { clusterTime }
  private let registry: CommandRegistry
  private let introductions: Introductions
  private let firstLoop: EventLoop
  private let removal: Signal
  /// What has a hold on the data directory; let go when the node is closed.
  private let launch: Mutex<Launch?>

  private struct Launch: Sendable {
    let start: @Sendable () -> Void
    let addSnapshotRoute: @Sendable (PeerGate, inout Router) -> Void
  }

  /// Opens a data directory, and joins the cluster first if this node is to be taken in.
  ///
  /// - Parameters:
  ///   - directory: the data directory's path.
  ///   - store: one that nothing was applied to.
  ///   - registry: the commands that may be in the log.
  ///   - time: stamps what this node puts in order.
  ///   - loops: what connections to other nodes live on.
  public static func open(
    _ settings: NodeSettings, in directory: String, applyingTo store: KeyValueStore,
    registry: CommandRegistry, time: any TimeSource, loops: [EventLoop]
  ) async throws(StartError) -> ClusterNode {
    let disk = PosixDisk(path: directory)
    let node = try await open(
      settings, on: disk, at: directory, applyingTo: store, registry: registry, time: time,
      loops: loops)
    if let exposure = disk.exposure {
      settings.log(.warn("exposed", ["node": settings.name, "reason": exposure]))
    }
    return node
  }

  /// Opens a data directory on any disk.
  /// - Parameter availableBytes: how much space that disk has; nil: as the system says.
  static func open(
    _ settings: NodeSettings, on disk: any Disk & Sendable, at directory: String,
    availableBytes: (@Sendable () -> UInt64?)? = nil, applyingTo store: KeyValueStore,
    registry: CommandRegistry, time: any TimeSource, loops: [EventLoop]
  ) async throws(StartError) -> ClusterNode {
    let found = try DataDirectory(disk, settings, store)
    let log = settings.log
    if let tornTail = found.recovered.tornTail {
      log(.warn("torn_tail", ["node": settings.name, "reason": tornTail]))
    }
    var settings = settings
    settings.begin(with: found.roster)
    var identity = found.identity(settings)
    if found.ownRecord == nil, settings.joins {
      let joined = try await Joining(identity, settings).run(on: loops[0])
      settings.unlistedMembers = joined.members
      identity = identity.with(id: joined.id)
    }
    log(
      .info(
        "open",
        [
          "node": settings.name, "dir": directory, "id": identity.id.hex,
          "snapshot": found.journal.snapshot?.index ?? .zero, "entries": found.entries.count,
          "keys": store.fileCount,
        ]))
    let available = availableBytes ?? { try? Platform.availableBytes(at: directory) }
    return ClusterNode(
      found, disk, directory, available, identity, settings, store, registry, time, loops)
  }

  private init(
    _ found: DataDirectory, _ disk: any Disk & Sendable, _ directory: String,
    _ availableBytes: @escaping @Sendable () -> UInt64?, _ identity: MemberRecord,
    _ settings: NodeSettings, _ store: KeyValueStore, _ registry: CommandRegistry,
    _ clock: any TimeSource, _ loops: [EventLoop]
  ) {
    let mailbox = Mailbox<ReplicaInput>()
    let backlog = PeerBacklog()
    let time = ClusterTime(clock)
    let node = found.node(of: identity.id, settings, seed: .random(in: 0 ... .max))
    let board = StatusBoard(node, identity, found.firstRoster, settings, at: time.now)
    let log = settings.log
    let introductionWanted = Signal()
    let context = PeerContext(
      id: identity.id, incarnation: identity.incarnation ?? 0, token: settings.token,
      initialNames: settings.initialNames, board: board, time: time,
      log: { log($0.with("node", identity.name)) },
      answer: { mailbox.post(.peer($0, $1)) }, onRemoval: { mailbox.post(.removed(by: $0)) },
      onLoss: { introductionWanted.raise() }, slowestLink: settings.slowestLink)
    let transport = Transport(context, addresses: settings.addresses, loops: loops)
    let others = settings.addresses.filter { $0.key != identity.name }
    introductions = Introductions(
      context, addresses: others.flatMap(\.value), when: introductionWanted
    ) {
      mailbox.post(.introduced($0))
    }
    firstLoop = loops[0]
    let removal = Signal()
    let syncTimes = Histogram()
    let intake = SnapshotIntake(disk, settings.sections)
    let host = NodeHost(
      transport, feeding: mailbox, sendingFrom: disk, onRemoval: removal)
    let replica = Replica(
      node, from: found, on: disk, as: identity, settings: settings, applyingTo: store,
      registry: registry, time: time, publishingOn: board, intake: intake, syncTimes: syncTimes,
      host: host, firstNumber: PeerMessage.firstNumber())
    // Handed to the thread, and used by nothing else from then on.
    nonisolated(unsafe) var thread: NodeThread? = NodeThread(replica, fedBy: mailbox, backlog)
    let start: @Sendable () -> Void = {
      Platform.startThread {
        let waiting = thread.take()?.run() ?? []
        // Now that the thread has let go of the directory.
        for reply in waiting { reply(()) }
      }
    }
    launch = Mutex(
      Launch(start: start) { gate, router in
        let handler = SnapshotHandler(gate, mailbox, intake, availableBytes: availableBytes)
        router.add("/raft/snapshot", .post, answer: handler.respond)
      })
    self.mailbox = mailbox
    self.backlog = backlog
    self.board = board
    self.transport = transport
    self.settings = settings
    self.directory = directory
    self.registry = registry
    self.removal = removal
    self.syncTimes = syncTimes
    clusterTime = time
    clocks = PeerClocks { log($0.with("node", identity.name)) }
  }

  // MARK: Life

  /// Starts the node's thread: from here on it takes proposals.
  public func start() { launch.withLock { $0 }?.start() }

  /// Lets time pass and connects to the other members, until it is cancelled.
  public func run() async {
    await run {
      while (try? await Task.sleep(for: settings.heartbeatInterval)) != nil {
        mailbox.post(.tick)
      }
    }
  }

  /// As ``run()``, in a time that `letTimePass` makes: it posts the ticks until it is cancelled.
  func run(_ letTimePass: () async -> Void) async {
    await withTaskGroup { group in
      group.addTask { await self.transport.run() }
      group.addTask(executorPreference: firstLoop) { await self.introductions.run() }
      group.addTask { await self.watchResources() }
      await letTimePass()
      group.cancelAll()
    }
  }

  /// Warns before the system's resources run out, until it is cancelled.
  private func watchResources() async {
    var warnings = ResourceWarnings()
    while (try? await Task.sleep(for: .seconds(10))) != nil {
      let (process, memory) = await onThread { [directory] in
        (ProcessFigures.now(in: directory), MemoryFigures.now())
      }
      let lines = warnings.check(process, memory, neededBytes: neededDiskBytes, at: .now)
      for line in lines {
        settings.log(line.with("node", settings.name))
      }
    }
  }

  /// See ``ResourceWarnings/neededBytes(lastSnapshot:interval:)``.
  var neededDiskBytes: UInt64 {
    ResourceWarnings.neededBytes(
      lastSnapshot: status.snapshotBytes, interval: settings.nodeOptions.snapshotBytes)
  }

  /// Refuses new proposals, finishes those under way, and hands leadership to another member.
  ///
  /// Returns when that is done, or after two election timeouts. Peers must still be able to reach
  /// this node meanwhile.
  public func drain() async {
    await withUnsafeContinuation { continuation in send(.drain(.task(continuation))) }
  }

  /// Ends the log in good order; what is proposed after that is refused.
  public func close() async {
    await withUnsafeContinuation { continuation in send(.close(.task(continuation))) }
    launch.withLock { $0 = nil }
  }

  /// Returns when this node was removed from the cluster, or the task is cancelled. For one task.
  public func removed() async { await removal.wait() }

  // MARK: Proposer

  public func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
    try await propose(.command(command))
  }

  func propose(_ operation: Operation) async throws(ProposalError) -> Outcome {
    let result = await withUnsafeContinuation { continuation in
      send(.write(operation, .task(continuation)))
    }
    return try result.get()
  }

  /// Asks a majority, through the leader, whether what is here is all there is.
  public func barrier() async throws(ProposalError) {
    if board.isAlone.load(ordering: .acquiring) { return }
    let result = await withUnsafeContinuation { continuation in send(.read(.task(continuation))) }
    try result.get()
  }

  /// Whether the store may be served: a node that starts has to find out first how much of its log
  /// is committed, and apply it.
  public var isStarted: Bool { board.isStarted.load(ordering: .acquiring) }

  /// Returns once ``isStarted``; throws when that takes too long.
  public func started() async throws(ProposalError) {
    let result = await withUnsafeContinuation { continuation in send(.start(.task(continuation))) }
    try result.get()
  }

  private func send(_ message: ReplicaInput) {
    if !mailbox.post(message) { message.refuse() }
  }

  // MARK: Serving

  /// What this node is just now.
  public var status: NodeStatus { board.present }

  /// Whether a request is one of another member's: those are answered also when clients have taken
  /// all places for connections.
  @Sendable public static func isPeerRequest(_ request: Request) -> Bool {
    request.path.starts(with: "/raft/".utf8)
  }

  /// Adds the routes by which other members reach this node.
  public func addPeerRoutes(to router: inout Router) {
    let (log, name) = (settings.log, settings.name)
    let gate = PeerGate(
      token: settings.token, initialNames: settings.initialNames, board: board,
      log: { log($0.with("node", name)) }, onStranger: introductions.noteStranger)
    let peers = PeerHandler(
      gate: gate, registry: registry, mailbox: mailbox, backlog: backlog, time: clusterTime,
      clocks: clocks)
    router.add("/raft/messages", .post, answer: peers.respond)
    launch.withLock { $0 }?.addSnapshotRoute(gate, &router)
    router.add("/raft/join", .post, answer: JoinHandler(gate: gate, node: self).respond)
  }

  /// Why this node takes no writes now; nil if it does. For `/health`.
  @Sendable public func unavailableReason() -> String? {
    let status = board.present
    if let unavailableReason = status.unavailableReason { return unavailableReason }
    if status.leader == nil { return "there is no leader" }
    return isStarted ? nil : NodeStatus.starting
  }

  /// Whether this node leads, and so has to remove what runs out.
  @Sendable public func isLeading() -> Bool { board.present.role == .leader }
}
