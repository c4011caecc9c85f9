import DiskSimulation
import JSON
import Raft
import Store
import WAL

/// A host's disk as it really is: the journal of step 3, over a simulated directory.
///
/// Beside it the simulator keeps a ``DurableLog``, which says what should be there.
final class JournaledDisk {
  private var device = MemoryDisk()
  private var journal: Journal?
  private let node: NodeID
  private let segmentSize: Int
  private let padding: Int

  init(node: NodeID, segmentSize: Int, padding: Int) throws(JournalError) {
    self.node = node
    self.segmentSize = segmentSize
    self.padding = padding
    let identity = Identity(cluster: 1, node: "\(node)", incarnation: node.rawValue)
    journal = try Journal.open(
      device, identity: identity, segmentSize: segmentSize, padding: padding, restore: { _ in }
    ).journal
  }

  /// Writes what a host gave its disk; when this returns, it is durable.
  func store(_ write: DiskWrite) throws(JournalError) {
    guard let journal else { return }
    switch write {
    case .adopt(let snapshot, let machine):
      if let newest = journal.snapshot, newest.index >= snapshot.position.index { return }
      try journal.adopt(writeSnapshot(snapshot, machine))
    case .batch(let effects, let machine):
      var hardState = effects.hardState.map(record)
      if let snapshot = effects.snapshot, let machine {
        try journal.adopt(
          writeSnapshot(snapshot, machine), restartingLog: true, hardState: hardState)
        hardState = nil
      }
      try journal.append { batch in
        if let hardState { batch.append(hardState) }
        for entry in effects.entries { batch.append(record(entry)) }
      }
    }
  }

  /// Tries to write a batch for which there is no space, not even where the log is padded. True if
  /// the journal says so, and is as it was.
  func storeWithoutSpace(_ effects: Effects, room: Int) -> Bool {
    guard let journal, effects.snapshot == nil else { return true }
    (device.room, device.copiesOnWrite) = (room, true)
    defer { (device.room, device.copiesOnWrite) = (.max, false) }
    do throws(JournalError) {
      try journal.append { batch in
        if let hardState = effects.hardState { batch.append(record(hardState)) }
        for entry in effects.entries { batch.append(record(entry)) }
      }
    } catch {
      if case .noSpace = error { return true }
    }
    return false
  }

  /// The power goes in the midst of a write, or of none.
  func losePower(during write: DiskWrite?, _ random: inout SplitMix64) {
    if let write {
      device.operationsLeft = random.between(1, 8)
      do throws(JournalError) { try store(write) } catch {}
    }
    device = device.afterPowerCut(&random)
    journal = nil
  }

  struct Recovered {
    var hardState: HardState
    var snapshot: SnapshotMetadata?
    var machine: RegisterMachine?
    var entries: [Entry]
  }

  /// Opens the journal again, as a process that starts does.
  func reopen() throws(JournalError) -> Recovered {
    var content: SnapshotContent?
    let identity = Identity(cluster: 1, node: "\(node)", incarnation: node.rawValue)
    let (journal, recovered) = try Journal.open(
      device, identity: identity, segmentSize: segmentSize, padding: padding,
      receivesSnapshots: true
    ) { line throws(JournalError) in
      content = line.flatMap { SnapshotContent(Array($0)) }
      if content == nil, line != nil { throw .failed("a line of a snapshot cannot be read") }
    }
    self.journal = journal
    let state = journal.hardState
    var result = Recovered(
      hardState: HardState(
        term: state.term, vote: state.vote.map { NodeID($0) }, commitIndex: state.commit),
      entries: recovered.entries.compactMap(entry))
    if let snapshot = journal.snapshot, let content {
      result.snapshot = SnapshotMetadata(
        position: LogPosition(index: snapshot.index, term: snapshot.term),
        membership: content.membership)
      result.machine = content.machine
    }
    return result
  }

  private func writeSnapshot(
    _ snapshot: SnapshotMetadata, _ machine: RegisterMachine
  ) throws(JournalError) -> SnapshotRecord {
    var writer = try SnapshotWriter(
      device, index: snapshot.position.index, term: snapshot.position.term)
    let content = SnapshotContent(membership: snapshot.membership, machine: machine)
    try writer.append { $0 += content.encoded() }
    return try writer.finish()
  }

  // MARK: Records

  private func record(_ state: HardState) -> HardStateRecord {
    HardStateRecord(term: state.term, vote: state.vote?.rawValue, commit: state.commitIndex)
  }

  private func record(_ entry: Entry) -> EntryRecord {
    switch entry.kind {
    case .command:
      EntryRecord(.command, index: entry.index, term: entry.term, payload: entry.payload)
    case .noOp: EntryRecord(.noOp, index: entry.index, term: entry.term, payload: [])
    case .membership(let members):
      EntryRecord(
        .membership, index: entry.index, term: entry.term,
        payload: SnapshotContent.encoded(members))
    }
  }

  private func entry(_ record: EntryRecord) -> Entry? {
    switch record.kind {
    case .command:
      return Entry(
        index: record.index, term: record.term, kind: .command, payload: record.payload)
    case .noOp: return Entry(index: record.index, term: record.term, kind: .noOp, payload: [])
    case .membership:
      guard let members = SnapshotContent.membership(record.payload) else { return nil }
      return Entry(
        index: record.index, term: record.term, kind: .membership(members), payload: [])
    }
  }
}

/// What a snapshot of the simulated store holds, as its one line.
private struct SnapshotContent {
  var membership: Membership
  var machine: RegisterMachine

  init(membership: Membership, machine: RegisterMachine) {
    self.membership = membership
    self.machine = machine
  }

  func encoded() -> [UInt8] {
    let members = String(decoding: SnapshotContent.encoded(membership), as: UTF8.self)
    return Array(
      "{\"members\":\(members),\"registers\":\(machine.registers),\"digest\":\"\(machine.digest.value)\"}"
        .utf8)
  }

  init?(_ line: [UInt8]) {
    guard let document = SnapshotContent.document(line),
      let members = document.root["members"],
      let registers = document.root["registers"],
      let digest = document.root["digest"]?.string.flatMap({ UInt64($0) }),
      let membership = SnapshotContent.membership(members)
    else { return nil }
    self.membership = membership
    machine = RegisterMachine(keyCount: 0)
    machine.registers = registers.elements.map { UInt32($0.uint64 ?? 0) }
    machine.digest = Digest(value: digest)
  }

  static func encoded(_ membership: Membership) -> [UInt8] {
    Array("[\(membership.voters.map(\.rawValue)),\(membership.learners.map(\.rawValue))]".utf8)
  }

  static func membership(_ bytes: [UInt8]) -> Membership? {
    document(bytes).flatMap { membership($0.root) }
  }

  private static func document(_ bytes: [UInt8]) -> JSONDocument? {
    do throws(JSONError) { return try JSONDocument(bytes) } catch { return nil }
  }

  private static func membership(_ value: JSONValue) -> Membership? {
    let lists = value.elements.map { list in list.elements.map { NodeID($0.uint64 ?? 0) } }
    return lists.count == 2 ? Membership(voters: lists[0], learners: lists[1]) : nil
  }
}
