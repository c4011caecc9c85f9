import DiskSimulation
import RunSupport
import Store
import Testing

@testable import WAL

/// How long a line of a snapshot that comes over the network may be.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LongLineTests {
  /// A client that can speak for a member could otherwise fill this node's memory.
  @Test func `a received snapshot whose line has no end is refused`() throws {
    let disk = MemoryDisk()
    var receiver = try SnapshotReceiver(disk, index: LogIndex(7))
    let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 20)
    while receiver.received < SnapshotReceiver.lineLimit {
      try receiver.append(piece) { (_) throws(JournalError) in }
    }
    do throws(JournalError) {
      try receiver.append([UInt8(ascii: "y")]) { (_) throws(JournalError) in }
      Issue.record("it was accepted")
    } catch {
      guard case .corrupt(let corruption) = error else { throw error }
      #expect(corruption.line == 1 && corruption.reason == "the line is too long")
    }
    receiver.abandon()
  }

  /// The most that a request may bring, of bytes that JSON writes as six each.
  @Test func `a snapshot with the longest value arrives`() throws {
    let from = MemoryDisk()
    let to = MemoryDisk()
    var writer = try SnapshotWriter(from, index: LogIndex(7), term: Term(1))
    let store = KeyValueStore()
    let value = [UInt8](repeating: UInt8(ascii: "<"), count: 10 << 20)
    _ = store.apply(Put(try Path(Array("/big".utf8)), value), at: LogIndex(1))
    try store.snapshot().write(to: &writer) { false }
    let record = try writer.finish()
    let source = try SnapshotSource(from, record)
    var receiver = try SnapshotReceiver(to, index: LogIndex(7))
    var lengths: [Int] = []
    while receiver.received < Int(record.bytes) {
      let piece = try source.piece(at: receiver.received, limit: 1 << 20)
      try receiver.append(piece) { line throws(JournalError) in lengths.append(line.count) }
    }
    #expect(lengths.max()! > 60 << 20)
    _ = try receiver.finish(expecting: record)
  }
}
