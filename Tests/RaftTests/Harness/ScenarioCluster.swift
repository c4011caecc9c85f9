import Store

@testable import Raft

/// A few nodes, the messages between them, and the trace of what happens. Nothing happens by
/// itself: directives move time and messages.
struct ScenarioCluster {
  var nodes: [ScenarioNode] = []
  var options = RaftOptions()
  /// Sent and not delivered, in the order of sending.
  var network: [Message] = []
  /// Directions in which messages are lost.
  var cuts: Set<[NodeID]> = []
  var time = 0
  var trace: [String] = []
  /// What a snapshot at a position contains; the same on every node.
  var snapshots: [LogPosition: [String]] = [:]
  /// Whether deliveries are told one by one.
  var isQuiet = false
  /// Messages and entries sent, for the scripts that count.
  var sentCounts: [String: Int] = [:]

  mutating func say(_ text: String) {
    trace.append(padded("\(time)", 4) + text)
  }

  func position(of id: NodeID) -> Int? { nodes.firstIndex { $0.core.id == id } }

  // MARK: Nodes

  /// Lets a node take something in, and does what its core asks for.
  mutating func run(_ node: Int, _ input: (inout RaftCore) -> Void) {
    guard !nodes[node].isDown else { return }
    let before = nodes[node].core
    input(&nodes[node].core)
    perform(node, since: before)
  }

  private mutating func perform(_ node: Int, since start: RaftCore) {
    var before = start
    while true {
      let effects = nodes[node].core.takeEffects()
      tell(nodes[node].core, since: before)
      before = nodes[node].core
      send(effects.messages)
      for entry in tellCommitted(effects, node) { nodes[node].apply(entry) }
      for read in effects.confirmedReads {
        say(
          "    \(before.id) may answer read \(read.id.rawValue) once it has applied \(read.index)")
      }
      for read in effects.lostReads { say("    \(before.id) gives up read \(read.rawValue)") }
      for report in effects.reports { tell(report, by: before.id) }
      guard effects.mustPersist || !effects.messagesAfterPersisting.isEmpty else { return }
      nodes[node].unsynced.append(effects)
      guard !nodes[node].isDiskHeld else { return }
      finishSync(node, count: nodes[node].unsynced.count)
    }
  }

  /// The disk finishes its oldest batches.
  private mutating func finishSync(_ node: Int, count: Int) {
    let finished = nodes[node].unsynced.prefix(count)
    nodes[node].unsynced.removeFirst(finished.count)
    for effects in finished {
      nodes[node].disk.write(effects)
      if let snapshot = effects.snapshot { install(snapshot, node) }
      send(effects.messagesAfterPersisting)
      nodes[node].core.persisted(through: effects.batch)
    }
  }

  mutating func sync(_ node: Int, count: Int) {
    let before = nodes[node].core
    finishSync(node, count: count)
    perform(node, since: before)
  }

  private mutating func install(_ snapshot: SnapshotMetadata, _ node: Int) {
    nodes[node].applied = snapshots[snapshot.position] ?? []
    nodes[node].appliedIndex = snapshot.position.index
    nodes[node].appliedMembership = snapshot.membership
    say("    \(nodes[node].core.id) installs the snapshot of \(snapshot.position)")
  }

  mutating func crash(_ node: Int) {
    nodes[node].isDown = true
    nodes[node].unsynced = []
  }

  mutating func restart(_ node: Int) {
    let id = nodes[node].core.id
    let disk = nodes[node].disk
    nodes[node].isDown = false
    nodes[node].isDiskHeld = false
    nodes[node].unsynced = []
    nodes[node].applied = snapshots[disk.snapshot.position] ?? []
    nodes[node].appliedIndex = disk.snapshot.position.index
    nodes[node].appliedMembership = disk.snapshot.membership
    nodes[node].core = RaftCore(
      id: id, restored: disk.restored, options: options(for: id))
    perform(node, since: nodes[node].core)
  }

  func options(for id: NodeID) -> RaftOptions {
    var options = options
    options.seed = id.rawValue
    return options
  }

  /// Whatever the snapshot covers is no longer kept, but for a few entries.
  mutating func snapshot(_ node: Int, keeping kept: UInt64) {
    let index = nodes[node].appliedIndex
    guard let term = nodes[node].core.log.term(at: index) else { return }
    let position = LogPosition(index: index, term: term)
    let metadata = SnapshotMetadata(
      position: position, membership: nodes[node].appliedMembership)
    snapshots[position] = nodes[node].applied
    nodes[node].disk.snapshot = metadata
    nodes[node].core.compact(behind: metadata, keeping: kept)
    say("\(nodes[node].core.id) takes a snapshot of \(position)")
  }

  // MARK: Network

  mutating func send(_ messages: [Message]) {
    for message in messages {
      sentCounts[kind(message), default: 0] += 1
      network.append(message)
    }
  }

  /// Hands one message over, unless it is lost on the way.
  mutating func deliver(_ message: Message) {
    let line = "\(message.from) > \(message.to)  "
    guard !cuts.contains([message.from, message.to]), let node = position(of: message.to),
      !nodes[node].isDown
    else {
      if !isQuiet { say(line + "lost: " + words(message)) }
      if case .installSnapshot = message.content { reportSnapshot(message, arrived: false) }
      return
    }
    if !isQuiet { say(line + words(message)) }
    run(node) { $0.step(message) }
    if case .installSnapshot = message.content { reportSnapshot(message, arrived: true) }
  }

  /// A snapshot is a stream: its sender learns whether it arrived.
  private mutating func reportSnapshot(_ message: Message, arrived: Bool) {
    guard let sender = position(of: message.from) else { return }
    run(sender) { $0.snapshotSent(to: message.to, succeeded: arrived) }
  }

  // MARK: Telling

  private mutating func tell(_ core: RaftCore, since before: RaftCore) {
    let id = core.id
    if let violation = core.violation, before.violation == nil {
      say("    \(id) STOPS: \(words(violation))")
    }
    if core.role != before.role || core.term != before.term {
      say("    \(id) is \(words(core.role)) in term \(core.term)")
    }
    if core.log.lastIndex < before.log.lastIndex, core.log.base == before.log.base {
      say("    \(id) drops its log after \(core.log.lastIndex)")
    }
    if core.membership != before.membership {
      say("    \(id) goes by \(words(core.membership))")
    }
  }

  private mutating func tellCommitted(_ effects: Effects, _ node: Int) -> [Entry] {
    if !effects.committed.isEmpty, !isQuiet {
      say("    \(nodes[node].core.id) commits \(words(effects.committed))")
    }
    return effects.committed
  }

  private mutating func tell(_ report: Report, by id: NodeID) {
    switch report {
    case .acknowledgedEntriesLost(let node, let match, let last):
      say("    \(id) REPORTS: \(node) acknowledged \(match) and now ends at \(last)")
    }
  }
}
