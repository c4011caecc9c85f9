import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// A disk that is read by two threads, as the file system is.
private final class TwoThreadDisk: Disk {
  private let disk: MemoryDisk
  init(_ disk: MemoryDisk) { self.disk = disk }

  var forAnotherThread: (any Disk & Sendable)? { disk.afterKill() }
  func makeDirectory() throws(DiskError) { try disk.makeDirectory() }
  func lock() throws(DiskError) { try disk.lock() }
  func list() throws(DiskError) -> [String] { try disk.list() }
  func open(_ name: String) throws(DiskError) -> any DiskFile { try disk.open(name) }
  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile {
    try disk.openForWriting(name)
  }
  func create(_ name: String) throws(DiskError) -> any DiskFile { try disk.create(name) }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try disk.rename(name, to: newName)
  }
  func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
  func syncDirectory() throws(DiskError) { try disk.syncDirectory() }
}

/// On a disk for two threads the newest snapshot is read while the log is. Whatever there is, and
/// whatever is wrong with it, recovery must say the same as by one thread.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TwoThreadTests {
  /// Which snapshots there are besides the one of which the log speaks, at index 4.
  enum Case: CaseIterable {
    /// None.
    case usual
    /// A newer one: the log was not told.
    case unadopted
    /// One that is newer than the log: it came from another node, or the log is incomplete.
    case newerThanLog
    /// Another one, and the one of which the log speaks is not there.
    case missing
    /// One in a log that speaks of none.
    case none
    /// The newest one is of another content than the log says.
    case other
  }

  private static func makeDisk(_ which: Case) throws -> MemoryDisk {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, segmentSize: 300).journal
    try journal.append(payloads: ["1", "2", "3"])
    try journal.append(payloads: ["4", "5"])
    if which != .none { try journal.adopt(write(4, ["a", "b"], to: disk)) }
    try journal.append(payloads: ["6", "7"])
    switch which {
    case .usual: break
    case .unadopted, .none: _ = try write(6, ["a", "c"], to: disk)
    case .newerThanLog: _ = try write(9, ["a", "d"], to: disk)
    case .missing:
      _ = try write(3, ["a"], to: disk)
      try disk.remove(FileName.ofSnapshot(LogIndex(4)))
    case .other: _ = try write(4, ["a", "B"], to: disk)
    }
    return disk
  }

  private static func write(
    _ index: UInt64, _ lines: [String], to disk: MemoryDisk
  ) throws -> SnapshotRecord {
    var writer = try SnapshotWriter(disk, index: LogIndex(index), term: Term(1))
    for line in lines { try writer.append { $0.append(contentsOf: "{\"\(line)\":1}".utf8) } }
    return try writer.finish()
  }

  /// What recovery says, and what lines count in the end; `refused` is a line that is not taken.
  private static func recover(
    _ disk: any Disk, receivesSnapshots: Bool, refusing refused: String?
  ) -> String {
    var lines: [String] = []
    do throws(JournalError) {
      let found = try Recovery(disk, receivesSnapshots: receivesSnapshots) {
        line throws(JournalError) in
        guard let line else { return lines.removeAll() }
        lines.append(String(decoding: line, as: UTF8.self))
        if lines.last == refused { throw .writtenByLaterStep("no") }
      }
      return "\(found.replay.tip) \(found.replay.entries) \(String(describing: found.lastSegment)) "
        + "\(String(describing: found.tornTail)) \(String(describing: found.newerSnapshot)) "
        + "\(found.leftovers) \(lines)"
    } catch {
      return "\(error)"
    }
  }

  private static func compare(_ disk: MemoryDisk, _ comment: @autoclosure () -> String) {
    for receivesSnapshots in [false, true] {
      for refused in [nil, #"{"b":1}"#, #"{"d":1}"#] {
        let one = recover(disk, receivesSnapshots: receivesSnapshots, refusing: refused)
        let two = recover(
          TwoThreadDisk(disk), receivesSnapshots: receivesSnapshots, refusing: refused)
        #expect(one == two, "\(comment())")
      }
    }
  }

  @Test(arguments: Case.allCases)
  func `whichever snapshots there are, two threads find what one finds`(which: Case) throws {
    let disk = try Self.makeDisk(which)
    Self.compare(disk, "\(which)")
    let found = Self.recover(TwoThreadDisk(disk), receivesSnapshots: true, refusing: nil)
    let lines: String? =
      switch which {
      case .usual, .unadopted, .newerThanLog: #"["{\"a\":1}", "{\"b\":1}"]"#
      case .none: "[]"
      case .missing, .other: nil
      }
    if let lines { #expect(found.hasSuffix(lines), "\(found)") }
  }

  @Test(arguments: Case.allCases, seeds)
  func `whatever is damaged, two threads say what one says`(which: Case, seed: UInt64) throws {
    var random = SeededRandom(seed)
    let sound = try Self.makeDisk(which)
    for name in sound.names {
      for _ in 0..<rounds(20) {
        let disk = try Self.makeDisk(which)
        guard var bytes = disk[name], !bytes.isEmpty else { continue }
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes.removeSubrange(place...)
        default: bytes.remove(at: place)
        }
        disk[name] = bytes
        Self.compare(disk, "\(which), \(name) from byte \(place) on")
      }
    }
  }
}
