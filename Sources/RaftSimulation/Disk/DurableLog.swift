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
  /// Something was written that does not follow on what is there.
  private(set) var isTorn = false

  init(members: Membership, machine: RegisterMachine) {
    snapshot = SnapshotMetadata(position: .zero, membership: members)
    self.machine = machine
  }

  var restored: RestoredState {
    RestoredState(hardState: hardState, snapshot: snapshot, entries: entries)
  }

  var lastIndex: LogIndex { max(entries.last?.index ?? .zero, snapshot.position.index) }

  var lastPosition: LogPosition {
    guard let last = entries.last, last.index > snapshot.position.index else {
      return snapshot.position
    }
    return last.position
  }

  /// Whether the disk keeps this position, by its entry or by a snapshot that covers it.
  func holds(_ position: LogPosition) -> Bool {
    if position.index <= snapshot.position.index { return true }
    guard let first = entries.first?.index, position.index >= first,
      position.index - first < entries.count
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
    if first.index > lastIndex + 1 || first.term < lastPosition.term { isTorn = true }
    entries += effects.entries
  }

  /// What a crash in the midst of a write may leave, beside nothing of it.
  func stages(of write: DiskWrite) -> [DurableLog] {
    var whole = self
    switch write {
    case .adopt(let snapshot, let machine):
      whole.save(snapshot, machine: machine)
      return [whole]
    case .batch(let effects, let machine):
      whole.write(effects, machine: machine)
      guard effects.snapshot != nil else { return [whole] }
      // An installed snapshot and what follows it are written one after the other.
      var first = self
      var head = effects
      head.entries = []
      first.write(head, machine: machine)
      return [first, whole]
    }
  }

  func isEqual(to found: JournaledDisk.Recovered) -> Bool {
    hardState == found.hardState
      && entries.drop(while: { $0.index <= snapshot.position.index }).elementsEqual(found.entries)
      && (found.snapshot == nil
        ? snapshot.position == .zero : snapshot == found.snapshot && machine == found.machine)
  }

  /// A snapshot of the node's own is durable; entries it covers may go.
  mutating func save(_ snapshot: SnapshotMetadata, machine: RegisterMachine) {
    guard snapshot.position.index > self.snapshot.position.index else { return }
    self.snapshot = snapshot
    self.machine = machine
    let covered = entries.prefix { $0.index <= snapshot.position.index }.count
    entries.removeFirst(covered)
    if let next = entries.first, next.term < snapshot.position.term { isTorn = true }
  }
}
