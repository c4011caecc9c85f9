public import Store

/// Everything a core asks its caller to do: the whole of its output.
///
/// The caller writes, sends and applies; in which order it may do so is the contract:
///
/// ```
///   messages ──────────────► the network, at once, even while the disk works
///   snapshot, hardState,
///   entries ───────────────► the disk, one batch after the other ──► persisted(through: batch)
///   messagesAfterPersisting ─────────────────────────────────────►   the network
///   committed ─────────────► the state machine, in order
/// ```
///
/// Only a leader's appends and heartbeats leave at once (dissertation, section 10.2.1): they
/// promise nothing about its disk. A vote, a request for one, and an acknowledgement vouch for what
/// the node will still know after a crash, and wait.
///
/// A complete caller, apart from what its host does. A test compiles and runs these lines:
///
/// ```swift
/// func drive(_ core: inout RaftCore, with host: some RaftHost) {
///   while let input = host.next() {
///     switch input {
///     case .tick: core.tick()
///     case .message(let message): core.step(message)
///     case .persisted(let batch): core.persisted(through: batch)
///     case .command(let payload):
///       do throws(Refusal) {
///         host.taken(try core.propose([payload]))
///       } catch { host.refused(error) }
///     case .read(let id):
///       do throws(Refusal) { try core.read(id) } catch { host.refused(error) }
///     case .snapshotTaken(let snapshot): core.compact(behind: snapshot, keeping: 1_000)
///     case .snapshotSent(let node, let arrived): core.snapshotSent(to: node, succeeded: arrived)
///     }
///     let effects = core.takeEffects()
///     // It must not go on, nor start again with this disk.
///     if let violation = core.violation { return host.stop(violation) }
///
///     // To the disk, in this order; once all of it is synced, `persisted(batch)` is an input.
///     if effects.mustPersist {
///       host.write(effects.batch, effects.snapshot, effects.hardState, effects.entries)
///     }
///     // To the network: some at once, some only when this batch and all before it are synced.
///     for message in effects.messages { host.send(message) }
///     for message in effects.messagesAfterPersisting { host.send(message, after: effects.batch) }
///
///     // To the state machine. This disk may be behind it: others have what is committed.
///     if let snapshot = effects.snapshot { host.install(snapshot) }
///     for entry in effects.committed { host.apply(entry) }
///     // To the clients, from a state that has everything up to `read.index`.
///     for read in effects.confirmedReads { host.answer(read) }
///     for id in effects.lostReads { host.lost(id) }
///     for report in effects.reports { host.log(report) }
///   }
/// }
/// ```
///
/// With a message that brings a snapshot, the host has taken in the snapshot's bytes first. A
/// snapshot that this node takes of its own state is one of what was applied, and counts as taken
/// only when all batches handed out before it are synced. After a restart the core is made from
/// what the disk holds, and the state machine from the snapshot: what was committed behind it is
/// handed out again.
public struct Effects: Hashable, Sendable {
  /// Numbers what is to be persisted, from 1. If this value brings nothing to persist, the number
  /// is that of the last one that did.
  public var batch: UInt64 = 0
  /// Install this state instead of the log: before the entries below, and before the hard state
  /// counts. Its bytes came with the message that brought it.
  public var snapshot: SnapshotMetadata?
  /// To be written before the entries of the same batch.
  public var hardState: HardState?
  /// To be appended; whatever the disk holds from the first one's index on is overwritten.
  public var entries: [Entry] = []

  /// May leave at once.
  public var messages: [Message] = []
  /// May leave when ``batch`` and all before it are durable.
  public var messagesAfterPersisting: [Message] = []

  /// Committed since the last time, in order, every index once.
  public var committed: [Entry] = []
  /// Reads that may be answered.
  public var confirmedReads: [ConfirmedRead] = []
  /// Reads that will never be confirmed here, because this node no longer leads.
  public var lostReads: [ReadID] = []
  /// A member needs entries that are gone, and the newest snapshot ends before the log begins: it
  /// waits for a newer one. Said again until there is one; and only to a caller that has the log
  /// drop entries which no snapshot covers.
  public var needsSnapshot = false
  /// What an operator should know; nothing depends on it.
  public var reports: [Report] = []

  public init() {}

  /// Whether there is anything to write; ``batch`` is then a new number.
  public var mustPersist: Bool { snapshot != nil || hardState != nil || !entries.isEmpty }
}

/// A caller's name for a read, unique among those it has waiting.
public struct ReadID: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A read that is linearizable from any state that has applied everything up to an index.
public struct ConfirmedRead: Hashable, Sendable {
  public var id: ReadID
  public var index: LogIndex

  public init(id: ReadID, index: LogIndex) {
    self.id = id
    self.index = index
  }
}

/// Something that should not happen, and that the cluster survives.
public enum Report: Hashable, Sendable {
  /// A follower acknowledged entries up to `matchIndex` and now ends at `lastIndex`: its disk lost
  /// what it had promised to keep, and perhaps its votes as well. The leader no longer counts it
  /// and tells it so, and it stops. It has to be removed and added again under a new identity.
  case acknowledgedEntriesLost(NodeID, matchIndex: LogIndex, lastIndex: LogIndex)
}

/// Something that Raft makes impossible: a defect, or a disk that forgot. The node stops.
public enum Violation: Hashable, Sendable {
  /// Two nodes lead in one term (paper, section 5.2: Election Safety).
  case secondLeader(term: Term, first: NodeID, second: NodeID)
  /// A leader's log contradicts what is committed here (paper, section 5.4: Leader Completeness).
  case committedEntryContradicted(LogPosition, by: NodeID)
  /// This node's disk lost entries that it had acknowledged, and perhaps votes.
  case acknowledgedEntriesLost(matchIndex: LogIndex, lastIndex: LogIndex)
}

/// Why a core did not do what was asked; nothing has changed.
public enum Refusal: Error, Hashable, Sendable {
  /// Ask the leader, if it is known.
  case notLeader(leader: NodeID?)
  /// Leadership is on its way to another node.
  case transferring(to: NodeID)
  /// Too much is proposed and not committed: ask again later.
  case tooMuchUncommitted
  /// The change before, or the first entry of the leader's term, is not committed yet.
  case changePending
  /// The node is a member already, or is none, or is not a learner, or is the last voter.
  case pointlessChange
  /// The learner lacks more than ``RaftOptions/maxPromotionLag`` entries, or is not heard of.
  case notCaughtUp
  /// Too few of the voters there would be have been heard of lately (dissertation, section 4.2).
  case wouldLoseQuorum
  /// The node stopped; see ``RaftCore/violation``.
  case stopped
}
