import DiskSimulation
import Foundation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// Backups: what a store gives, what is refused, and what a data directory is made of.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BackupTests {
  private let place = ScratchPlace()
  private var file: String { "\(place.path)/b" }

  private static func store(_ seed: UInt64, keys: Int) throws -> KeyValueStore {
    var random = SeededRandom(seed)
    let store = KeyValueStore()
    for index in 1...keys {
      let value = Array("\(UInt64.random(in: 0 ... .max, using: &random))".utf8)
      // A name may look like a value.
      let path = try Path(logged: Array("/d\(index % 7)/\"value\":k\(index)".utf8)[...])
      _ = store.apply(Put(path, value), at: LogIndex(UInt64(index)))
    }
    return store
  }

  private static func bytes(of backup: BackupStream) async -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = await backup.next() { bytes += piece }
    return bytes
  }

  private static func bytes(of store: KeyValueStore) async -> [UInt8] {
    await bytes(of: BackupStream(of: CapturedState(store, []), term: Term(3)))
  }

  private func save(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: file)) }

  /// What a server finds in a directory.
  private static func content(of disk: any Disk) throws -> (StoreSnapshot, Journal) {
    let store = KeyValueStore()
    var loader: StateLoader? = StateLoader()
    let journal = try Journal.open(disk, identity: .test) { line throws(JournalError) in
      if let line { try loader?.load(line) } else { loader = StateLoader() }
    }.journal
    let index = try #require(journal.snapshot).index
    if let loader = loader.take() { loader.finish().restore(store, applied: index) }
    return (store.snapshot(), journal)
  }

  // MARK: What it holds

  @Test func `a restored backup holds what the store held, as a node of its own`() async throws {
    let store = try Self.store(1, keys: 1000)
    let bytes = await Self.bytes(of: store)
    try save(bytes)
    let found = try Backup.read(file)
    #expect(found.keys == 1000 && found.directories == 7)
    #expect(found.record.index == LogIndex(1000) && found.record.bytes == UInt64(bytes.count))

    let directory = "\(place.path)/restored"
    _ = try Backup.restore(file, into: directory, node: "n7", [])
    let (restored, journal) = try Self.content(of: PosixDisk(path: directory))
    #expect(await Self.bytes(of: store) == bytes)
    #expect(restored.appliedIndex == LogIndex(1000))
    #expect(restored.storeIndex == store.snapshot().storeIndex)
    #expect(journal.identity.node == "n7" && journal.identity.cluster != nil)
    #expect(journal.lastIndex == LogIndex(1000) && journal.lastTerm == Term(3))
    let state = HardStateRecord(term: Term(3), vote: nil, commit: LogIndex(1000))
    #expect(journal.hardState == state)
    let again = KeyValueStore()
    var loader: StateLoader? = StateLoader()
    _ = try Backup.read(file) { line throws(JournalError) in try loader?.load(line) }
    if let loader = loader.take() { loader.finish().restore(again, applied: LogIndex(1000)) }
    #expect(await Self.bytes(of: again) == bytes)
  }

  @Test func `a backup is of the state when it began, whatever is written while it is taken`()
    async throws
  {
    let store = try Self.store(2, keys: 1000)
    let before = await Self.bytes(of: store)
    let backup = BackupStream(of: CapturedState(store, []), term: Term(3))
    for index in 1001...1100 {
      let path = try Path(logged: Array("/later\(index)".utf8)[...])
      _ = store.apply(Put(path, [1]), at: LogIndex(UInt64(index)))
    }
    #expect(await Self.bytes(of: backup) == before)
  }

  @Test func `a backup that is given up ends the thread that encodes it`() async throws {
    let store = try Self.store(3, keys: 25_000)
    let pieces = PieceChannel()
    let state = CapturedState(store, [])
    let (ended, end) = AsyncStream<Void>.makeStream()
    Thread.detachNewThread {
      try? state.write(to: pieces, term: Term(1))
      end.finish()
    }
    #expect(await pieces.next()?.count ?? 0 >= 1 << 20)
    pieces.cancel()
    for await _ in ended {}
  }

  // MARK: What is refused

  private static func isRefused(_ bytes: [UInt8]) throws -> Bool {
    let disk = MemoryDisk()
    disk["b"] = bytes
    let file = try disk.open("b")
    do throws(JournalError) {
      _ = try Backup.read(file, at: "the file") { (_) throws(JournalError) in }
      return false
    } catch {
      return "\(error)".contains("the file")
    }
  }

  @Test func `a backup that is cut anywhere, or has any byte changed, is refused by name`()
    async throws
  {
    var random = SeededRandom(4)
    let whole = await Self.bytes(of: try Self.store(4, keys: 3))
    #expect(try !Self.isRefused(whole))
    for place in whole.indices {
      #expect(try Self.isRefused(Array(whole[..<place])), "cut after \(place)")
      var changed = whole
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      #expect(try Self.isRefused(changed), "byte \(place) changed")
    }
  }

  @Test func `a backup with a line removed, doubled or moved is refused`() async throws {
    let whole = await Self.bytes(of: try Self.store(5, keys: 6))
    let lines = whole.split(separator: UInt8(ascii: "\n")).map { Array($0) + [10] }
    for place in lines.indices {
      var (removed, doubled, moved) = (lines, lines, lines)
      removed.remove(at: place)
      doubled.insert(lines[place], at: place)
      moved.swapAt(place, place == 0 ? 1 : place - 1)
      for wrong in [removed, doubled, moved] {
        #expect(try Self.isRefused(Array(wrong.joined())), "line \(place + 1)")
      }
    }
  }

  @Test func `what is no backup is refused by name, and nothing is made of it`() async throws {
    let whole = await Self.bytes(of: try Self.store(6, keys: 6))
    let log = MemoryDisk()
    try Journal.open(log).journal.append(payloads: ["1"])
    var writer = try SnapshotWriter(log, index: LogIndex(1), term: Term(1))
    try writer.append { $0 += Array(#"{"roster":1}"#.utf8) }
    _ = try writer.finish()
    for (what, bytes) in [
      ("empty", []), ("a text", Array("hello\n".utf8)), ("one blank line", [10]),
      ("a log", try #require(log[FileName.ofSegment(1)])),
      ("a member's snapshot", try #require(log[FileName.ofSnapshot(LogIndex(1))])),
      ("two backups", whole + whole), ("more behind it", whole + [10]),
    ] {
      try save(bytes)
      let error = #expect(throws: JournalError.self, "\(what)") { try Backup.read(file) }
      #expect(error.map { "\($0)".contains(file) } == true, "\(what)")
      #expect(throws: JournalError.self, "\(what)") {
        try Backup.restore(file, into: "\(place.path)/r", node: "n1", [])
      }
      #expect(!FileManager.default.fileExists(atPath: "\(place.path)/r"), "\(what)")
    }
    for path in [place.path, "\(place.path)/nothing", "/dev/null"] {
      let error = #expect(throws: JournalError.self) { try Backup.read(path) }
      #expect(error.map { "\($0)".contains(path) } == true)
    }
  }

  @Test func `lines that this version does not know are refused before anything is made`()
    async throws
  {
    let disk = MemoryDisk()
    var writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
    for line in [#"{"storeIndex":1}"#, #"{"leases":[]}"#] {
      try writer.append { $0 += Array(line.utf8) }
    }
    _ = try writer.finish()
    try save(try #require(disk[FileName.ofSnapshot(LogIndex(1))]))
    let error = #expect(throws: JournalError.self) {
      try Backup.restore(file, into: "\(place.path)/r", node: "n1", [])
    }
    #expect(
      error.map { "\($0)" }
        == #"\#(file), line 3: unknown line {"leases":[]}: this is no backup, or a later version's"#
    )
    #expect(!FileManager.default.fileExists(atPath: "\(place.path)/r"))
  }

  // MARK: Restoring

  @Test func `a backup is not restored over anything`() async throws {
    try save(await Self.bytes(of: try Self.store(7, keys: 3)))
    let directory = "\(place.path)/restored"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(filePath: directory + "/x"))
    let restore = { try Backup.restore(file, into: directory, node: "n1", []) }
    let error = #expect(throws: JournalError.self) { try restore() }
    #expect(error.map { "\($0)" } == "\(directory) must be a new or empty directory; it holds x")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["x"])
    try FileManager.default.removeItem(atPath: directory + "/x")
    _ = try restore()
    #expect(try Self.content(of: PosixDisk(path: directory)).0.appliedIndex == LogIndex(3))
    #expect(throws: JournalError.self) { try restore() }
  }

  /// Stopped before each operation that changes something, and the power cut.
  @Test func `a restore that is stopped anywhere leaves a whole log or none`() async throws {
    let source = MemoryDisk()
    source["b"] = await Self.bytes(of: try Self.store(8, keys: 50))
    let file = try source.open("b")
    let record = try Backup.read(file, at: "b") { (_) throws(JournalError) in }.record
    var (whole, none) = (0, 0)
    for stop in 0..<20 {
      for seed in 1...10 {
        var random = SeededRandom(UInt64(seed))
        let disk = MemoryDisk()
        disk.operationsLeft = stop
        try? Backup.restore(file, record, onto: disk, at: "d", node: "n1")
        let left = disk.afterPowerCut(&random)
        if left.names.contains(where: { $0.hasPrefix("wal-") && !$0.hasSuffix(".tmp") }) {
          #expect(try Self.content(of: left).0.appliedIndex == LogIndex(50), "\(stop), \(seed)")
          whole += 1
        } else {
          none += 1
        }
      }
    }
    #expect(whole > 0 && none > 0)
  }

  @Test func `what a stopped restore has left is no obstacle to the next one`() async throws {
    let source = MemoryDisk()
    source["b"] = await Self.bytes(of: try Self.store(9, keys: 20))
    let file = try source.open("b")
    let record = try Backup.read(file, at: "b") { (_) throws(JournalError) in }.record
    let disk = MemoryDisk()
    disk.failure = (.sync, 0)
    #expect(throws: JournalError.self) {
      try Backup.restore(file, record, onto: disk, at: "d", node: "n1")
    }
    let next = disk.afterKill()
    try Backup.restore(file, record, onto: next, at: "d", node: "n1")
    #expect(try Self.content(of: next.afterKill()).0.appliedIndex == LogIndex(20))
  }

  // MARK: The file

  @Test func `a backup's file has its name only when it is whole, and is its user's alone`()
    async throws
  {
    let whole = await Self.bytes(of: try Self.store(10, keys: 30))
    try save(Array("the one before".utf8))
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
    }
    for length in [0, 1, whole.count / 2, whole.count - 1] {
      var backup = try BackupFile(file)
      try backup.append(Array(whole[..<length]))
      #expect(try names() == ["b", "b.part"])
      do throws(JournalError) {
        _ = try backup.finish()
        Issue.record("\(length) bytes are a backup")
      } catch {}
      #expect(try names() == ["b"])
      #expect(FileManager.default.contents(atPath: file) == Data("the one before".utf8))
    }
    var backup = try BackupFile(file)
    for piece in [whole[..<100], whole[100...]] { try backup.append(Array(piece)) }
    #expect(try backup.finish().keys == 30)
    #expect(try names() == ["b"])
    #expect(FileManager.default.contents(atPath: file) == Data(whole))
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test func `two saves to one file at a time do not mix`() async throws {
    let whole = await Self.bytes(of: try Self.store(11, keys: 30))
    var first = try BackupFile(file)
    try first.append(whole)
    let error = #expect(throws: JournalError.self) { _ = try BackupFile(file) }
    #expect(error.map { "\($0)" } == "\(file).part is locked: another process is writing it")
    #expect(try first.finish().keys == 30)
    // What one has left that was killed is written over.
    try Data(whole + whole).write(to: URL(filePath: file + ".part"))
    var second = try BackupFile(file)
    try second.append(whole)
    #expect(try second.finish().keys == 30)
  }

  @Test(arguments: ["", "/dev/null", "/tmp/"])
  func `a backup goes into nothing but a file`(path: String) {
    let error = #expect(throws: JournalError.self) { _ = try BackupFile(path) }
    #expect(error.map { "\($0)" } == "\(path.debugDescription) must be a file's path")
  }
}

/// A directory that goes when the test ends.
private final class ScratchPlace {
  let path = NSTemporaryDirectory() + "mini-etcd-backup-\(UUID().uuidString)"

  init() {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
