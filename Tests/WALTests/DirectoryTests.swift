import CostSupport
import DiskSimulation
import Foundation
import Platform
import RunSupport
import Store
import Testing

@testable import WAL

/// The data directory on a real disk: whose it is, and what is refused.
@Suite(.inTurn, .timeLimit(.minutes(10))) final class DirectoryTests {
  let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private func open(
    _ disk: PosixDisk
  ) throws(JournalError) -> (journal: Journal, recovered: Journal.Recovered) {
    try Journal.open(disk, identity: .test, hardState: .test) { (_) throws(JournalError) in }
  }

  private func append(_ payload: String, to journal: Journal) throws {
    try journal.append {
      $0.append(
        EntryRecord(index: journal.lastIndex + 1, term: Term(1), payload: Array(payload.utf8)))
    }
  }

  @Test func `a directory is made with those above it, and keeps what was written`() throws {
    for number in 1...3 {
      let (journal, recovered) = try open(PosixDisk(path: path + "/a/b/"))
      #expect(recovered.entries.map(\.payload) == (1..<number).map { Array("\($0)".utf8) })
      try append("\(number)", to: journal)
      if number == 2 { try journal.close() }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: path + "/a/b")
    #expect(names.sorted() == ["lock", FileName.ofSegment(1)])
  }

  @Test func `a second server is told that the directory is locked`() throws {
    let first = try open(PosixDisk(path: path)).journal
    let error = #expect(throws: JournalError.self) { _ = try open(PosixDisk(path: path)) }
    guard case .locked(let reason) = error else { throw JournalError.failed("not locked") }
    #expect(reason.contains(path) && reason.contains("locked"))
    try append("1", to: first)
  }

  @Test func `the lock goes with its holder`() throws {
    do { _ = try open(PosixDisk(path: path)) }
    _ = try open(PosixDisk(path: path))
  }

  #if canImport(Glibc)
    @Test func `the lock goes with its holder, whoever has inherited its descriptor`() throws {
      var copies: [Int32] = []
      do {
        _ = try open(PosixDisk(path: path))
        let disk = PosixDisk(path: path)
        try disk.lock()
        let lock = "\(path)/\(PosixDisk.lockName)"
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let ofLock = names.filter { name in
          let place = "/proc/self/fd/\(name)"
          return (try? FileManager.default.destinationOfSymbolicLink(atPath: place)) == lock
        }
        copies = ofLock.compactMap { Int32($0).map { dup($0) } }
      }
      #expect(!copies.isEmpty)
      _ = try open(PosixDisk(path: path))
      for copy in copies { Foundation.close(copy) }
    }
  #endif

  @Test func `a file where the directory should be, or no right to make it, is an error`() throws {
    try Data("x".utf8).write(to: URL(filePath: path))
    for path in [path, path + "/below", "/proc/no-such-directory"] {
      let error = #expect(throws: JournalError.self) { _ = try open(PosixDisk(path: path)) }
      guard case .failed(let reason) = error else { throw JournalError.failed("\(path)") }
      #expect(reason.hasPrefix("cannot ") && reason.contains(path) && !reason.contains("\n"))
    }
  }

  @Test func `other files are left alone`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let others = ["README.md", ".gitignore", "wal-1.jsonl", "wal-000000000000000x.jsonl", "x.tmp"]
    for name in others {
      try Data().write(to: URL(filePath: "\(path)/\(name)"))
    }
    try append("1", to: open(PosixDisk(path: path)).journal)
    _ = try open(PosixDisk(path: path))
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(Set(names).isSuperset(of: others))
  }

  @Test func `a missing segment is refused by its name`() throws {
    for missing in 1...2 as ClosedRange<UInt64> {
      try? FileManager.default.removeItem(atPath: path)
      do {
        let journal = try open(PosixDisk(path: path)).journal
        for _ in 1...3 {
          try append("1", to: journal)
          try journal.rotate()
        }
      }
      try FileManager.default.removeItem(atPath: "\(path)/\(FileName.ofSegment(missing))")
      let error = #expect(throws: JournalError.self) { _ = try open(PosixDisk(path: path)) }
      guard case .corrupt(let corruption) = error else { throw JournalError.failed("sound") }
      #expect(corruption.reason.contains("missing"))
    }
  }

  @Test func `a snapshot without a log is refused`() throws {
    let disk = PosixDisk(path: path)
    try disk.makeDirectory()
    _ = try SnapshotWriter(disk, index: LogIndex(1), term: Term(1)).finish()
    #expect(throws: JournalError.self) { _ = try open(disk) }
  }

  /// Lines whose checksums hold, and of which this code knows nothing.
  @Test(arguments: [
    #""t":"lease","id":7}"#, #""t":"entry","i":1,"term":1,"lease":7,"op":1}"#,
    #""t":"close","why":1}"#,
    #""t":"head","v":2}"#, #"}"#,
  ])
  func `what a later step wrote is refused with the advice to use another directory`(
    _ fields: String
  ) throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    var line = Array((#"{"crc":"00000000","n":3,"b":3,"end":1,"# + fields).utf8)
    LineFrame.seal(&line, from: 0)
    disk[FileName.ofSegment(1)]? += line
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(disk.afterKill()) }
    guard case .writtenByLaterStep = error else { throw JournalError.failed("\(error as Any)") }
    let text = error?.description ?? ""
    #expect(text.contains("-data-dir") && text.contains("line 3") && !text.contains("\n"))
  }

  @Test func `errors are one line that says what, where and what is expected`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    try journal.append(payloads: ["2"])
    disk[FileName.ofSegment(1)]?[250] ^= 1
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(disk.afterKill()) }
    let text = error?.description ?? ""
    for word in ["corrupt", "checksum mismatch", FileName.ofSegment(1), "line 2", "batch 3"] {
      #expect(text.contains(word), "\(text)")
    }
    #expect(!text.contains("\n"))
  }

  @Test func `a file that may not grow is a full disk, and a smaller batch fits`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      limitFileSize(to: 2000)
      let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let journal = try Journal.open(PosixDisk(path: path), identity: .test, hardState: .test) {
        (_) throws(JournalError) in
      }.journal
      func append(_ count: Int) throws(JournalError) {
        try journal.append {
          $0.append(
            EntryRecord(
              index: journal.lastIndex + 1, term: Term(1),
              payload: Array(repeating: UInt8(ascii: "1"), count: count)))
        }
      }
      try append(10)
      do throws(JournalError) { try append(5000) } catch {
        guard case .noSpace = error else { preconditionFailure("\(error)") }
        try append(10)
        precondition(journal.lastIndex == LogIndex(2))
        return
      }
      preconditionFailure("more was written than the limit allows")
    }
  }
}
