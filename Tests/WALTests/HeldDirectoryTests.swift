import CostSupport
import Foundation
import RunSupport
import Store
import Testing

@testable import WAL

/// A data directory is held from locking on: what happens to its path meanwhile, and who may look
/// in.
@Suite(.inTurn, .timeLimit(.minutes(10))) final class HeldDirectoryTests {
  let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"
  private var moved: String { path + ".moved" }

  deinit {
    for place in [path, path + ".moved"] { try? FileManager.default.removeItem(atPath: place) }
  }

  private func open(
    _ place: String? = nil, segmentSize: Int = 1 << 20
  ) throws(JournalError) -> Journal {
    try Journal.open(
      PosixDisk(path: place ?? path), identity: .test, hardState: .test, segmentSize: segmentSize
    ) { (_) throws(JournalError) in }.journal
  }

  private func append(_ payload: String, to journal: Journal) throws {
    try journal.append {
      $0.append(
        EntryRecord(index: journal.lastIndex + 1, term: Term(1), payload: Array(payload.utf8)))
    }
  }

  /// The names in the directory and the bytes behind them.
  private func content(of place: String) throws -> [String: Data] {
    var content: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: place) {
      content[name] = try Data(contentsOf: URL(filePath: "\(place)/\(name)"))
    }
    return content
  }

  /// Whatever the first server still does, it does in the directory that it has locked.
  @Test func `a successor in a renamed directory's place loses nothing to its predecessor`() throws
  {
    let disk = PosixDisk(path: path)
    let first = try Journal.open(disk, identity: .test, hardState: .test, segmentSize: 300) {
      (_) throws(JournalError) in
    }.journal
    for _ in 1...5 { try append("1", to: first) }
    try FileManager.default.moveItem(atPath: path, toPath: moved)
    let second = try open()
    for _ in 1...5 { try append("2", to: second) }
    let before = try content(of: path)

    #expect(throws: (any Error).self) { try append("1", to: first) }
    #expect(throws: (any Error).self) { try first.rotate() }
    // What other threads of it may be about to do.
    for operation in [
      { _ = try disk.create(FileName.ofSegment(2)) },
      { try disk.rename(FileName.ofSegment(2), to: FileName.ofSegment(1)) },
      { try disk.remove(FileName.ofSegment(1)) },
    ] as [() throws -> Void] { try? operation() }
    #expect(try content(of: path) == before)
    try append("2", to: second)
  }

  @Test func `nothing is acknowledged in a directory that was removed, renamed or replaced`() throws
  {
    let segment = FileName.ofSegment(1)
    let changes: [(String, () throws -> Void)] = [
      ("removed", { try FileManager.default.removeItem(atPath: self.path) }),
      ("renamed", { try FileManager.default.moveItem(atPath: self.path, toPath: self.moved) }),
      (
        "replaced",
        {
          try FileManager.default.moveItem(atPath: self.path, toPath: self.moved)
          try FileManager.default.copyItem(atPath: self.moved, toPath: self.path)
        }
      ),
      ("emptied", { try FileManager.default.removeItem(atPath: "\(self.path)/\(segment)") }),
      (
        "linked elsewhere",
        {
          try FileManager.default.moveItem(atPath: self.path, toPath: self.moved)
          try FileManager.default.createDirectory(
            atPath: self.moved + "/other", withIntermediateDirectories: true)
          try FileManager.default.createSymbolicLink(
            atPath: self.path, withDestinationPath: self.moved + "/other")
        }
      ),
    ]
    for (name, change) in changes {
      for place in [path, moved] { try? FileManager.default.removeItem(atPath: place) }
      let journal = try open()
      try append("1", to: journal)
      try change()
      let error = #expect(throws: JournalError.self, "\(name)") { try append("2", to: journal) }
      #expect(
        "\(error as Any)".contains("\(path)/\(segment) was removed, renamed or replaced"),
        "\(name): \(error as Any)")
      // It stays so, also if the directory comes back.
      #expect(throws: JournalError.self, "\(name)") { try append("3", to: journal) }
    }
  }

  @Test func `a path that leads to the same directory by another way is as good`() throws {
    let journal = try open()
    try append("1", to: journal)
    try FileManager.default.moveItem(atPath: path, toPath: moved)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: moved)
    try append("2", to: journal)
    #expect(journal.lastIndex == LogIndex(2))
  }

  @Test func `a directory is locked also when its lock file was removed or replaced`() throws {
    let journal = try open()
    try FileManager.default.removeItem(atPath: "\(path)/\(PosixDisk.lockName)")
    for _ in 1...2 {
      let error = #expect(throws: JournalError.self) { _ = try open() }
      guard case .locked = error else { throw JournalError.failed("\(error as Any)") }
    }
    try append("1", to: journal)
  }

  @Test func `a removed directory's snapshot does not count`() throws {
    let disk = PosixDisk(path: path)
    try disk.makeDirectory()
    #expect(throws: JournalError.self) {
      let writer = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1))
      try FileManager.default.removeItem(atPath: path)
      _ = try writer.finish()
    }
  }

  // MARK: Who may look in

  @Test func `the directory and everything in it are the owner's alone, whatever the umask`() async
  {
    await #expect(processExitsWith: .success) {
      showErrors()
      umask(0)
      let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      func open(_ path: String) throws -> Journal {
        try Journal.open(PosixDisk(path: path), identity: .test, hardState: .test) {
          (_) throws(JournalError) in
        }.journal
      }
      do {
        let disk = PosixDisk(path: path + "/inner")
        let journal = try Journal.open(disk, identity: .test, hardState: .test) {
          (_) throws(JournalError) in
        }.journal
        try journal.append {
          $0.append(EntryRecord(index: LogIndex(1), term: Term(1), payload: [0x31]))
        }
        try journal.rotate()
        try journal.adopt(SnapshotWriter(disk, index: LogIndex(1), term: Term(1)).finish())
        // Not ended, as a crash would leave it.
        _ = try SnapshotWriter(disk, index: LogIndex(2), term: Term(1))
      }
      let inner = path + "/inner"
      let segment = try FileHandle(forWritingTo: URL(filePath: "\(inner)/\(FileName.ofSegment(2))"))
      try segment.seekToEnd()
      try segment.write(contentsOf: Data("torn".utf8))
      var names = try FileManager.default.contentsOfDirectory(atPath: inner)
      precondition(names.contains { $0.hasSuffix(".tmp") })
      _ = try open(inner)
      names += try FileManager.default.contentsOfDirectory(atPath: inner)
      precondition(names.contains { $0.hasSuffix(".torn") })
      func mode(_ place: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? NSNumber)?
          .intValue
      }
      let ofDirectory = try mode(inner)
      precondition(ofDirectory == 0o700, "the directory")
      for name in names where FileManager.default.fileExists(atPath: "\(inner)/\(name)") {
        let ofFile = try mode("\(inner)/\(name)")
        precondition(ofFile == 0o600, name)
      }
      precondition(PosixDisk(path: inner).exposure == nil)
    }
  }

  @Test(arguments: ["d/", "d//", "d/e/", "/"])
  func `a directory is made for its user alone, with slashes behind its name too`(name: String)
    throws
  {
    try PosixDisk(path: "\(path)/\(name)").makeDirectory()
    let made = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
    #expect(made[.posixPermissions] as? Int == 0o700)
  }

  @Test func `a directory must have a name`() {
    #expect(throws: DiskError(.other, "the directory must have a name, such as wal-data")) {
      try PosixDisk(path: "").makeDirectory()
    }
  }

  @Test func `who holds the directory alone is told apart from a server`() throws {
    _ = try open()
    let other = Foundation.open(path, O_RDONLY)
    defer { close(other) }
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    let words =
      "\(path) itself, and not the file lock in it, is locked: another process is using it"
    #expect(throws: DiskError(.locked, words)) { try PosixDisk(path: path).lock() }
  }

  @Test func `a directory that was there and is open to others is used, and told of`() throws {
    let disk = PosixDisk(path: path)
    func setMode(_ mode: Int, _ name: String = "") throws {
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }
    _ = try open()
    #expect(disk.exposure == nil)
    try setMode(0o755)
    #expect(disk.exposure == nil, "the files are closed")
    for name in [FileName.ofSegment(1), PosixDisk.lockName] {
      try setMode(0o640, name)
      #expect(disk.exposure == "other users may open \(path)/\(name): chmod -R go= \(path)")
      try setMode(0o600, name)
    }
    try setMode(0o644, FileName.ofSegment(1))
    try setMode(0o700)
    #expect(disk.exposure == nil, "others cannot get at it")
    for mode in [0o770, 0o777, 0o702] {
      try setMode(mode)
      #expect(disk.exposure == "other users may write in \(path): chmod go-w \(path)")
    }
    _ = try open()
  }
}
