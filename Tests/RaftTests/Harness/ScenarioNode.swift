import Store

@testable import Raft

/// What survives a crash.
struct Disk {
  var hardState = HardState.initial
  var snapshot: SnapshotMetadata
  var entries: [Entry] = []

  var restored: RestoredState {
    RestoredState(hardState: hardState, snapshot: snapshot, entries: entries)
  }

  mutating func write(_ effects: Effects) {
    if let snapshot = effects.snapshot {
      self.snapshot = snapshot
      entries = []
    }
    if let hardState = effects.hardState { self.hardState = hardState }
    if let first = effects.entries.first {
      entries.removeAll { $0.index >= first.index }
      entries += effects.entries
    }
  }
}

/// One node of a scripted cluster: its core, its disk, and a state machine that remembers what it
/// was told, in order.
struct ScenarioNode {
  var core: RaftCore
  var disk: Disk
  /// Effects the disk was given and has not finished; always empty unless the disk is held.
  var unsynced: [Effects] = []
  var isDiskHeld = false
  var isDown = false
  var applied: [String] = []
  var appliedIndex = LogIndex.zero
  var appliedMembership: Membership

  init(id: NodeID, members: Membership, options: RaftOptions) {
    disk = Disk(snapshot: SnapshotMetadata(position: .zero, membership: members))
    core = RaftCore(id: id, restored: disk.restored, options: options)
    appliedMembership = members
  }

  mutating func apply(_ entry: Entry) {
    precondition(entry.index == appliedIndex + 1, "applied out of order")
    appliedIndex = entry.index
    switch entry.kind {
    case .command: applied.append(String(decoding: entry.payload, as: UTF8.self))
    case .membership(let membership): appliedMembership = membership
    case .noOp: break
    }
  }

  /// The log as a strip: a term for each index, `|` behind the committed part, `·` for what only
  /// the snapshot has, `?` behind what is not durable.
  func strip(width: Int) -> String {
    var cells: [String] = []
    var index = LogIndex.zero
    while index < core.log.lastIndex {
      index = index + 1
      var cell = core.log.term(at: index).map(\.description) ?? "·"
      if index <= core.log.base.index { cell = "·" }
      if index > core.persistence.durableIndex { cell += "?" }
      if index == core.commitIndex { cell += "|" }
      cells.append(padded(cell, width))
    }
    return cells.joined(separator: " ")
  }
}

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
