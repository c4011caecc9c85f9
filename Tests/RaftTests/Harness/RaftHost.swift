import Raft
import Store

/// What the loop in the documentation of ``Effects`` leaves to its host.
protocol RaftHost: AnyObject {
  func next() -> HostInput?
  func taken(_ position: LogPosition)
  func refused(_ refusal: Refusal)
  func stop(_ violation: Violation)
  func write(
    _ batch: UInt64, _ snapshot: SnapshotMetadata?, _ hardState: HardState?, _ entries: [Entry])
  func send(_ message: Message)
  func send(_ message: Message, after batch: UInt64)
  func install(_ snapshot: SnapshotMetadata)
  func apply(_ entry: Entry)
  func answer(_ read: ConfirmedRead)
  func lost(_ read: ReadID)
  func log(_ report: Report)
}

enum HostInput {
  case tick
  case message(Message)
  case persisted(UInt64)
  case command([UInt8])
  case read(ReadID)
  case snapshotTaken(SnapshotMetadata)
  case snapshotSent(NodeID, arrived: Bool)
}

/// A host in memory: a disk that syncs when it is told to, and a state machine that is the list of
/// the commands applied.
final class MemoryHost: RaftHost {
  var inputs: [HostInput] = []
  /// What has left for other nodes.
  var sent: [Message] = []
  private(set) var disk: Disk
  private(set) var applied: [String] = []
  private(set) var appliedIndex = LogIndex.zero
  private(set) var answered: [ReadID] = []
  private(set) var refusals: [Refusal] = []
  private(set) var violation: Violation?
  /// The state of each snapshot that is here: taken, or received from another node.
  var states: [SnapshotMetadata: [String]] = [:]
  private var unsynced: [(batch: UInt64, effects: Effects)] = []
  private var waiting: [(batch: UInt64, message: Message)] = []
  private var membership: Membership

  init(members: Membership) {
    disk = Disk(snapshot: SnapshotMetadata(position: .zero, membership: members))
    membership = members
  }

  /// Everything written so far is on the disk.
  func sync() {
    guard let last = unsynced.last?.batch else { return }
    for (_, effects) in unsynced { disk.write(effects) }
    unsynced = []
    sent += waiting.filter { $0.batch <= last }.map(\.message)
    waiting.removeAll { $0.batch <= last }
    inputs.append(.persisted(last))
  }

  /// Whatever was not synced is lost, with everything in memory.
  func crash() {
    (inputs, sent, unsynced, waiting, answered) = ([], [], [], [], [])
    applied = states[disk.snapshot] ?? []
    appliedIndex = disk.snapshot.position.index
    membership = disk.snapshot.membership
  }

  /// Takes a snapshot of the state machine, when the disk has all that is applied.
  func takeSnapshot(term: Term) {
    sync()
    let position = LogPosition(index: appliedIndex, term: term)
    disk.snapshot = SnapshotMetadata(position: position, membership: membership)
    disk.entries.removeAll { $0.index <= appliedIndex }
    states[disk.snapshot] = applied
    inputs.append(.snapshotTaken(disk.snapshot))
  }

  func next() -> HostInput? { inputs.isEmpty ? nil : inputs.removeFirst() }
  func taken(_ position: LogPosition) {}
  func refused(_ refusal: Refusal) { refusals.append(refusal) }
  func stop(_ violation: Violation) { self.violation = violation }

  func write(
    _ batch: UInt64, _ snapshot: SnapshotMetadata?, _ hardState: HardState?, _ entries: [Entry]
  ) {
    var effects = Effects()
    effects.snapshot = snapshot
    effects.hardState = hardState
    effects.entries = entries
    unsynced.append((batch, effects))
  }

  func send(_ message: Message) { sent.append(message) }
  func send(_ message: Message, after batch: UInt64) { waiting.append((batch, message)) }

  func install(_ snapshot: SnapshotMetadata) {
    applied = states[snapshot] ?? []
    appliedIndex = snapshot.position.index
    membership = snapshot.membership
  }

  func apply(_ entry: Entry) {
    precondition(entry.index == appliedIndex + 1, "applied out of order")
    appliedIndex = entry.index
    switch entry.kind {
    case .command: applied.append(String(decoding: entry.payload, as: UTF8.self))
    case .membership(let membership): self.membership = membership
    case .noOp: break
    }
  }

  func answer(_ read: ConfirmedRead) {
    precondition(read.index <= appliedIndex, "answered from an old state")
    answered.append(read.id)
  }

  func lost(_ read: ReadID) {}
  func log(_ report: Report) {}
}
