public import Store

/// A node without its disk, its sockets and its clock: the core, and what it owes to those who
/// asked it for something.
///
/// ```
///   clients ── propose, read ──► ┌──────────────┐ ──► disk     Effects: a batch, then messages
///   peers ──── step ───────────► │ RaftNode     │ ──► network  Effects: messages
///   time ───── tick ───────────► │  └ RaftCore  │ ──► applier  NodeEffects: entries, each with who
///   disk ───── persisted ──────► └──────────────┘             waits for it; then reads
/// ```
///
/// The applier does what it is given in order. So a node never needs to hear how far it is: a read
/// comes after the entries it has to see, and a snapshot is taken where it is asked for.
public struct RaftNode: Hashable, Sendable {
  /// The consensus itself, to be looked at: role, term, indexes, peers.
  public internal(set) var core: RaftCore
  /// What it does by itself.
  public let options: NodeOptions
  private var waiters = Waiters()
  /// The membership as of the last entry handed to the applier.
  private var appliedMembership: Membership
  /// The last position handed to the applier.
  private var applied: LogPosition
  /// The position of the newest snapshot taken or being taken.
  private var snapshotIndex: LogIndex
  /// The bytes of the entries applied since then.
  private var bytesSinceSnapshot = 0
  private var isSnapshotUnderWay = false
  /// Ticks until one that a member waits for is asked for again, after one could not be written.
  private var snapshotPause = 0
  /// What that is after the next failure. It doubles with each: every attempt begins a segment, and
  /// takes what is left of a full disk for a moment.
  private var nextSnapshotPause: Int
  /// In election timeouts, so about a minute after there is space again.
  private static let maxSnapshotPause = 64
  /// The bytes of the entries applied since entries were last dropped.
  private var bytesSinceDrop = 0
  /// The size of the newest snapshot's file, as far as the host has said. The next one waits until
  /// as many bytes of entries were applied: so the disk writes at most twice what the log alone
  /// would, however large the state has become.
  public var latestSnapshotBytes = 0

  /// A node that starts; the state machine is at the restored snapshot's position.
  public init(
    id: NodeID, restored: RestoredState, raft: RaftOptions = RaftOptions(),
    options: NodeOptions = NodeOptions()
  ) {
    core = RaftCore(id: id, restored: restored, options: raft)
    self.options = options
    nextSnapshotPause = core.options.electionTicks
    applied = restored.snapshot.position
    appliedMembership = restored.snapshot.membership
    snapshotIndex = restored.snapshot.position.index
  }

  // MARK: In

  /// A tick has passed; nothing else was waiting to be heard.
  public mutating func tick() {
    elapse()
    checkTimers()
  }

  /// A tick has passed. A host that took several things in at once says so in the order in which
  /// they came, ticks among messages, and then has the timers checked: so time counts for what it
  /// was, even if the host was slow, and no node campaigns before it has heard what was waiting for
  /// it. A process that was stopped has not counted the time it was away.
  public mutating func elapse() {
    core.elapse()
    snapshotPause = max(snapshotPause - 1, 0)
  }

  /// Does what it is time for, now that everything that had come is heard.
  public mutating func checkTimers() {
    core.checkTimers()
    for learner in core.promotableLearners {
      // Refused if too few others are alive; it will be asked again.
      do throws(Refusal) {
        _ = try core.propose(.promote(learner), payload: [])
        return
      } catch {}
    }
  }

  /// A message from another node has come. With a snapshot message, its bytes have come before.
  public mutating func step(_ message: Message) { core.step(message) }

  /// Everything up to this ``Effects/batch`` is durable.
  public mutating func persisted(through batch: UInt64) { core.persisted(through: batch) }

  /// Proposes commands, in order. Each will be named once more: with the entry it became, or among
  /// the lost or the unknown.
  ///
  /// - Returns: the position of the first one.
  @discardableResult
  public mutating func propose(_ proposals: [Proposal]) throws(Refusal) -> LogPosition {
    let first = try core.propose(proposals.map(\.payload))
    for (offset, proposal) in proposals.enumerated() {
      let index = first.index + UInt64(offset)
      waiters.insert(proposal.id, at: LogPosition(index: index, term: first.term))
    }
    return first
  }

  /// Proposes a change of membership.
  @discardableResult
  public mutating func propose(
    _ change: MembershipChange, payload: [UInt8], id: ProposalID? = nil
  ) throws(Refusal) -> LogPosition {
    let position = try core.propose(change, payload: payload)
    if let id { waiters.insert(id, at: position) }
    return position
  }

  /// Waits for an entry that another node proposed: a follower that forwarded a write answers only
  /// when it has applied it itself.
  ///
  /// - Returns: false if that index has been handed to the applier before; the entry is then known
  ///   to be `position`'s or not by the caller alone.
  public mutating func wait(for position: LogPosition, id: ProposalID) -> Bool {
    guard position.index > applied.index else { return false }
    waiters.insert(id, at: position)
    return true
  }

  /// Asks for a linearizable read; it will be named among the readable or the lost.
  public mutating func read(_ id: ReadID) throws(Refusal) { try core.read(id) }

  /// Hands leadership over, as before a stop in good order; see the core's method of this name.
  public mutating func transferLeadership(to target: NodeID? = nil) throws(Refusal) {
    try core.transferLeadership(to: target)
  }

  /// The disk is full: this node must not lead. What it was handed still has to be written.
  public mutating func resign() { core.resign() }

  /// The transport has brought a snapshot to a node, or could not: once for each message that asks.
  public mutating func snapshotSent(to node: NodeID, succeeded: Bool) {
    core.snapshotSent(to: node, succeeded: succeeded)
  }

  /// The snapshot asked for is durable; the log behind it may go.
  ///
  /// It must not count on the disk before all batches handed out when it was asked for do: an entry
  /// may be applied here before it is durable here, and a snapshot must not come to stand before a
  /// log that it does not belong to.
  /// - Returns: see ``RaftCore/compact(behind:keeping:)``.
  @discardableResult
  public mutating func snapshotPersisted(_ snapshot: SnapshotMetadata) -> [Entry] {
    isSnapshotUnderWay = false
    nextSnapshotPause = core.options.electionTicks
    return core.compact(behind: snapshot, keeping: entriesToKeep(behind: snapshot.position.index))
  }

  /// As many as the options allow, by number and by size.
  private func entriesToKeep(behind index: LogIndex) -> UInt64 {
    let first = core.log.base.index + 1
    var (kept, bytes): (UInt64, Int) = (0, 0)
    while kept < options.entriesKept, index >= first + kept {
      bytes += core.log[index - kept].size
      if bytes > options.bytesKept { break }
      kept += 1
    }
    return kept
  }

  /// The snapshot asked for could not be written. Another one will be asked for after as many
  /// entries; if a member waits for it, after an election timeout at first.
  public mutating func snapshotFailed() {
    isSnapshotUnderWay = false
    snapshotPause = nextSnapshotPause
    nextSnapshotPause = min(
      2 * nextSnapshotPause, Self.maxSnapshotPause * core.options.electionTicks)
  }

  /// The snapshot asked for is not wanted any more: a newer one came from a leader, or the node is
  /// about to stop. That says nothing of the disk, so the next one that a member waits for is asked
  /// for as soon as otherwise.
  public mutating func snapshotCalledOff() { isSnapshotUnderWay = false }

  /// The state machine has applied everything up to `applied`. A leader lets go of what every
  /// member has, once there is enough of it.
  /// - Returns: as ``snapshotPersisted(_:)``.
  public mutating func dropShared(applied: LogIndex) -> [Entry] {
    let shared = min(core.sharedIndex, applied)
    guard
      shared >= core.log.base.index + options.entriesKept + options.dropInterval
        || bytesSinceDrop >= options.bytesKept
    else { return [] }
    bytesSinceDrop = 0
    return core.drop(through: shared, keeping: entriesToKeep(behind: shared))
  }

  // MARK: Out

  /// Everything to be done since the last call.
  public mutating func takeEffects() -> NodeEffects {
    let effects = core.takeEffects()
    var result = NodeEffects(effects)
    if let snapshot = effects.snapshot { installed(snapshot, &result) }
    result.applications.reserveCapacity(effects.committed.count)
    for entry in effects.committed {
      let (id, lost) = waiters.settle(entry.position)
      result.applications.append(Application(entry: entry, id: id))
      result.lost += lost
      if case .membership(let membership) = entry.kind { appliedMembership = membership }
      applied = entry.position
      bytesSinceSnapshot += entry.size
      bytesSinceDrop += entry.size
    }
    result.snapshotToTake = snapshotToTake(isNeeded: effects.needsSnapshot)
    return result
  }

  /// The state jumped: what was proposed at the indexes in between may be part of it or not.
  private mutating func installed(_ snapshot: SnapshotMetadata, _ result: inout NodeEffects) {
    result.unknown += waiters.abandon(through: snapshot.position.index)
    applied = snapshot.position
    appliedMembership = snapshot.membership
    snapshotIndex = snapshot.position.index
    bytesSinceSnapshot = 0
  }

  private mutating func snapshotToTake(isNeeded: Bool) -> SnapshotMetadata? {
    guard !isSnapshotUnderWay, isSnapshotDue || isNeeded && snapshotPause == 0 else { return nil }
    snapshotIndex = applied.index
    bytesSinceSnapshot = 0
    isSnapshotUnderWay = true
    return SnapshotMetadata(position: applied, membership: appliedMembership)
  }

  private var isSnapshotDue: Bool {
    applied.index > snapshotIndex
      && (applied.index - snapshotIndex >= options.snapshotInterval
        || bytesSinceSnapshot >= options.snapshotBytes)
      && bytesSinceSnapshot >= latestSnapshotBytes
  }
}

/// When a node takes a snapshot on its own, and how much of the log it keeps.
public struct NodeOptions: Hashable, Sendable {
  /// Entries applied between two snapshots.
  public var snapshotInterval: UInt64 = 100_000
  /// Bytes of entries applied between two snapshots, by ``Entry/size``: large ones fill the memory
  /// long before there are many of them.
  public var snapshotBytes = 64 << 20
  /// Entries kept behind a snapshot, for followers that are only a little behind; and by a leader
  /// behind what every member has.
  public var entriesKept: UInt64 = 5_000
  /// Bytes of entries kept there; no entry is kept that goes beyond.
  public var bytesKept = 16 << 20
  /// A leader drops so many at a time of the entries that every member has.
  public var dropInterval: UInt64 = 5_000

  public init() {}
}
