import Raft
import Store

/// What a host's disk keeps: the log, the hard state, and the state of the newest snapshot.
///
/// The disk is given batches in order. It may be cut off in any of them; what it had finished is
/// there afterwards, and of what it had not, nothing counts.
struct DurableLog {
  private(set) var hardState = HardState.initial
  private(set) var snapshot: SnapshotMetadata
  private(set) var machine: RegisterMachine
  /// The entries behind the snapshot, some of those before it.
  private(set) var entries: [Entry] = []

  init(members: Membership, machine: RegisterMachine) {
    snapshot = SnapshotMetadata(position: .zero, membership: members)
    self.machine = machine
  }

  var restored: RestoredState {
    RestoredState(hardState: hardState, snapshot: snapshot, entries: entries)
  }

  var lastIndex: LogIndex { max(entries.last?.index ?? .zero, snapshot.position.index) }

  /// Whether the disk keeps this position, by its entry or by a snapshot that covers it.
  func holds(_ position: LogPosition) -> Bool {
    if position.index <= snapshot.position.index { return true }
    guard let first = entries.first?.index, position.index >= first,
      position.index <= lastIndex
    else { return false }
    return entries[Int(position.index - first)].term == position.term
  }

  /// A batch is durable.
  mutating func write(_ effects: Effects, machine: RegisterMachine?) {
    if let snapshot = effects.snapshot, let machine {
      self.snapshot = snapshot
      self.machine = machine
      entries.removeAll()
    }
    if let hardState = effects.hardState { self.hardState = hardState }
    guard let first = effects.entries.first else { return }
    while let last = entries.last, last.index >= first.index { entries.removeLast() }
    entries += effects.entries
  }

  /// A snapshot of the node's own is durable; entries it covers may go.
  mutating func save(_ snapshot: SnapshotMetadata, machine: RegisterMachine) {
    guard snapshot.position.index > self.snapshot.position.index else { return }
    self.snapshot = snapshot
    self.machine = machine
    let covered = entries.prefix { $0.index <= snapshot.position.index }.count
    entries.removeFirst(covered)
  }
}
