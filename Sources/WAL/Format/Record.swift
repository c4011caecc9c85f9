public import Store

/// # The format
///
/// The log is a sequence of **records**, a line of JSON each, that runs on through files called
/// segments. It can be read with `cat`, `tail -f` and `jq`.
///
///     {"crc":"77c01ab3","n":1042,"b":310,"t":"entry","i":1031,"term":1,"op":{"do":"put",...}}
///     {"crc":"0a77b1d4","n":1043,"b":310,"end":1,"t":"entry","i":1032,"term":1,"op":{...}}
///      └── covers all from here to the newline ──────────────────────────────────────┘
///
/// Every record begins with the same fields, in this order and without spaces:
///
/// | field | meaning |
/// | --- | --- |
/// | `crc` | CRC-32C of every byte after its comma up to the newline, eight hexadecimal digits. It stands first and at a fixed place, so that a line is verified alone, before any JSON is parsed |
/// | `n` | the record's number; from 1, without a gap, across segments |
/// | `b` | the number of its batch; from 1, without a gap |
/// | `end` | 1 on the last record of a batch, and left out on the others |
/// | `t` | what kind of record it is |
///
/// and goes on with those of its kind, in this order:
///
/// | `t` | fields |
/// | --- | --- |
/// | `head` | the first line of every segment: format version `v`, number of the `segment`, `cluster` (null while unknown), `node`, `incarnation`; then all a reader of this segment alone needs to know of those before it: hard state (`term`, `vote`, `commit`), `last` index and `lastTerm` of the log, and the newest `snapshot` (null if there is none) as in a snapshot record |
/// | `entry` | a command: its log index `i`, its `term`, and `op`, the command itself, a JSON value |
/// | `noop`, `members` | entries of Raft's own, in the same form. No step before 6 writes them |
/// | `state` | Raft's hard state: `term`, `vote` (null or a member's id), `commit` |
/// | `snapshot` | the state up to index `i` of term `term` is durable in the file `snapshot-<i>.jsonl` of `lines` lines between head and foot, `bytes` bytes, and the foot's checksum `sum`. With `"restart":1` the log starts anew after it: entries before this record are void |
/// | `violation` | something was seen that must never happen: `what`, a line for people in visible ASCII without quotes and backslashes. The process ended, and the log is opened no more, until `what` is null: an operator has decided to go on. No step before 6 writes it |
/// | `close` | the last record of a log that was closed in good order |
///
/// An entry whose index is not above the last one's takes the place of that entry and of all after
/// it: that is how a Raft follower's log is corrected. No line is ever changed. Integers stay below
/// 2^53, where `jq` still reads them exactly, and are read only below 2^52, so that the log can be
/// written on; identities are 64 bits and therefore hexadecimal.
///
/// # Batches
///
/// What is written and synced together is a **batch**, and batch b + 1 is written only after batch
/// b is durable. So one valid line of a later batch proves that a damaged line before it had once
/// been whole on the disk: see ``SegmentReader``.
enum Record: Hashable, Sendable {
  case head(HeadRecord)
  case entry(EntryRecord)
  case state(HardStateRecord)
  case snapshot(SnapshotRecord, restarts: Bool)
  /// Nil: an operator goes on in spite of the one before.
  case violation(String?)
  case close
}

/// An entry of the replicated log.
public struct EntryRecord: Hashable, Sendable {
  /// What an entry is to Raft. A state machine gets the commands.
  public enum Kind: Hashable, Sendable, CaseIterable {
    case command
    case noOp
    case membership
  }

  public var kind: Kind
  public var index: LogIndex
  public var term: Term
  /// One JSON value, without a line break; or nothing at all.
  public var payload: [UInt8]

  public init(_ kind: Kind = .command, index: LogIndex, term: Term, payload: [UInt8]) {
    self.kind = kind
    self.index = index
    self.term = term
    self.payload = payload
  }
}

/// What a Raft node must not forget beside its log (paper, figure 2: persistent state).
public struct HardStateRecord: Hashable, Sendable {
  public var term: Term
  /// The node voted for in that term.
  public var vote: UInt64?
  /// How much of the log is known to be committed. Never worth a sync of its own, but it must be
  /// durable no later than the entries after it: a node that comes back goes by the membership that
  /// is committed.
  public var commit: LogIndex

  public init(term: Term, vote: UInt64?, commit: LogIndex) {
    self.term = term
    self.vote = vote
    self.commit = commit
  }
}

/// A snapshot that is durable: the state after every entry up to `index`.
public struct SnapshotRecord: Hashable, Sendable {
  public var index: LogIndex
  public var term: Term
  /// How many lines of content its file has.
  public var lines: UInt64
  /// How long its file is.
  public var bytes: UInt64
  /// The checksum in its foot.
  public var checksum: UInt32

  public init(index: LogIndex, term: Term, lines: UInt64, bytes: UInt64, checksum: UInt32) {
    self.index = index
    self.term = term
    self.lines = lines
    self.bytes = bytes
    self.checksum = checksum
  }
}

/// Whose data a directory holds.
public struct Identity: Hashable, Sendable {
  /// The cluster's id; nil before the node has learned it.
  public var cluster: UInt64?
  /// The node's name: 1 to 64 visible ASCII characters, neither quote nor backslash.
  public var node: String
  /// Random, chosen when the directory is made: a node that comes back with another one has lost
  /// its data.
  public var incarnation: UInt64

  /// - Precondition: `node` ``isName(_:)``.
  public init(cluster: UInt64?, node: String, incarnation: UInt64) {
    precondition(Self.isName(node), "a node's name is made of visible ASCII characters")
    self.cluster = cluster
    self.node = node
    self.incarnation = incarnation
  }

  /// Whether a node may be called so.
  public static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c }
  }

  /// A node of a cluster of its own, with ids from the system's generator.
  public static func random(node: String) -> Identity {
    var generator = SystemRandomNumberGenerator()
    return Identity(
      cluster: .random(in: 1 ... .max, using: &generator), node: node,
      incarnation: .random(in: 1 ... .max, using: &generator))
  }
}

/// The first line of a segment.
struct HeadRecord: Hashable, Sendable {
  /// The version of the format, which this code reads and writes.
  static let version: UInt64 = 1

  var segment: UInt64
  var identity: Identity
  /// The state of the log after this record.
  var tip: LogTip
}

/// The state of a log after its last whole batch: all that is needed to append to it.
struct LogTip: Hashable, Sendable {
  /// The number of the last record, and of its batch.
  var record: UInt64 = 0
  var batch: UInt64 = 0
  var hardState = HardStateRecord(term: .zero, vote: nil, commit: .zero)
  /// The last entry: its index and its term.
  var lastIndex = LogIndex.zero
  var lastTerm = Term.zero
  var snapshot: SnapshotRecord?

  /// Whether there can be such a log: no term in it is newer than the hard state's, and a snapshot
  /// stands for entries it had.
  var isConsistent: Bool {
    lastTerm <= hardState.term && snapshot?.term ?? .zero <= hardState.term
      && snapshot?.index ?? .zero <= lastIndex
  }

  /// Takes a record into account, whose numbers have been.
  ///
  /// What may not follow would be a mistake in the code that writes the log, and is found before it
  /// is written as well as after it is read: a term that falls, a second vote in a term, an entry
  /// that leaves out others or replaces what a snapshot stands for, or one of a term that is not on
  /// the disk before it.
  /// - Returns: whether it may follow.
  mutating func follow(_ record: Record) -> Bool {
    switch record {
    case .head, .violation, .close:
      return true
    case .entry(let entry):
      return follow(entryAt: entry.index, term: entry.term)
    case .state(let new):
      guard new.term >= hardState.term else { return false }
      if new.term == hardState.term, let vote = hardState.vote, new.vote != vote { return false }
      hardState = new
      return true
    case .snapshot(let new, let restarts):
      guard restarts || new.index <= lastIndex, new.term <= hardState.term else { return false }
      if let snapshot, new.index <= snapshot.index { return false }
      if restarts { (lastIndex, lastTerm) = (new.index, new.term) }
      snapshot = new
      return true
    }
  }

  /// As ``follow(_:)``, of an entry.
  mutating func follow(entryAt index: LogIndex, term: Term) -> Bool {
    guard index > snapshot?.index ?? .zero, index <= lastIndex + 1, term <= hardState.term else {
      return false
    }
    if index == lastIndex + 1, term < lastTerm { return false }
    (lastIndex, lastTerm) = (index, term)
    return true
  }
}
