import Foundation
import RunSupport
import Store
import Testing

@testable import WAL

/// `wal verify` and `wal dump`.
@Suite(.inTurn, .timeLimit(.minutes(10))) final class InspectionTests {
  let path = NSTemporaryDirectory() + "mini-etcd-wal-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A log of two segments and a snapshot.
  private func makeLog(close: Bool = true) throws {
    let disk = PosixDisk(path: path)
    let journal = try Journal.open(disk, identity: .test, hardState: .test) {
      (_) throws(JournalError) in
    }.journal
    try journal.append { batch in
      batch.append(HardStateRecord(term: Term(1), vote: nil, commit: .zero))
      for index in 1...3 as ClosedRange<UInt64> {
        batch.append(
          EntryRecord(index: LogIndex(index), term: Term(1), payload: Array("\(index)".utf8)))
      }
    }
    try journal.rotate()
    var writer = try SnapshotWriter(disk, index: LogIndex(2), term: Term(1))
    try writer.append { $0.append(contentsOf: #"{"key":"/a"}"#.utf8) }
    try journal.adopt(writer.finish())
    if close { try journal.close() }
  }

  private func run(_ words: String...) -> (status: Int32, output: [String], complaint: [String]) {
    var (output, complaint): ([String], [String]) = ([], [])
    let status = Inspection.run(
      words, output: { output.append($0) }, complaint: { complaint.append($0) })
    return (status, output, complaint)
  }

  private func damage(_ file: String, at place: Int) throws {
    let url = URL(filePath: "\(path)/\(file)")
    var bytes = try Data(contentsOf: url)
    bytes[bytes.startIndex + place] ^= 1
    try bytes.write(to: url)
  }

  @Test func `a sound log is said to be sound, in a line`() throws {
    try makeLog()
    let (status, output, complaint) = run("verify", path)
    #expect(status == 0 && complaint.isEmpty)
    #expect(
      output == [
        "\(path): sound, node node1, segments 2, records 8, batches 5, last log index 3, "
          + "snapshot at 2, entries after it 1, closed in good order"
      ])
  }

  @Test func `an unfinished batch at the end is no damage, and is left where it is`() throws {
    try makeLog(close: false)
    let file = "\(path)/\(FileName.ofSegment(2))"
    let whole = try Data(contentsOf: URL(filePath: file))
    try (whole + Data(count: 100)).write(to: URL(filePath: file))
    let (status, output, _) = run("verify", path)
    #expect(
      status == 0 && output[0].contains("unfinished batch of 100 bytes from line 3 of the last"))
    #expect(try Data(contentsOf: URL(filePath: file)).count == whole.count + 100)
  }

  @Test func `damage is named by file and line, with what was expected and found`() throws {
    try makeLog()
    try damage(FileName.ofSegment(1), at: 250)
    let (status, output, complaint) = run("verify", path)
    #expect(status == 1 && output.isEmpty && complaint.count == 1)
    for word in ["corrupt", FileName.ofSegment(1), "line 2", "checksum", "expected", "found"] {
      #expect(complaint[0].contains(word), "\(complaint[0])")
    }
  }

  @Test func `verifying needs no lock, and says that a server runs`() throws {
    let disk = PosixDisk(path: path)
    let journal = try Journal.open(disk, identity: .test, hardState: .test) {
      (_) throws(JournalError) in
    }.journal
    let (status, output, _) = run("verify", path)
    #expect(status == 0 && output[0].hasSuffix("not closed, in use by a server"))
    try journal.close()
  }

  @Test func `a server starts while its directory is being looked at`() async throws {
    try makeLog()
    let path = path
    await withTaskGroup { group in
      group.addTask { for _ in 1...200 { _ = PosixDisk(path: path).isLocked } }
      group.addTask {
        for _ in 1...50 {
          #expect(throws: Never.self) { try PosixDisk(path: path).lock() }
        }
      }
    }
  }

  @Test func `a directory without a log is an error`() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: path + "/README.md"))
    for word in ["verify", "dump"] {
      let (status, output, complaint) = run(word, path)
      #expect(status == 1 && output.isEmpty)
      #expect(complaint == ["\(path): there is no log in this directory"])
    }
  }

  @Test func `a snapshot newer than the log is an error`() throws {
    try makeLog()
    let disk = PosixDisk(path: path)
    _ = try SnapshotWriter(disk, index: LogIndex(4), term: Term(1)).finish()
    let (status, _, complaint) = run("verify", path)
    #expect(status == 1)
    #expect(
      complaint == [
        "\(path): corrupt data: snapshot-0000000000000004.jsonl: it holds the state after log index 4, "
          + "but the log ends at 3: entries that were acknowledged are missing; nothing was changed"
      ])
    // A member that was killed before its log named what it had received.
    #expect(
      try Inspection.verify(disk, receivesSnapshots: true).hasSuffix(
        ", snapshot at 4 from another member, not taken over, closed in good order"))
  }

  /// A copy that may only be read: all that an inspection opens is opened for that.
  @Test func `looking opens nothing for writing`() throws {
    try makeLog(close: false)
    let disk = ReadOnlyDisk(PosixDisk(path: path))
    #expect(try Inspection.verify(disk).hasPrefix("sound, "))
    try Inspection.dump(disk) { _ in }
    #expect(disk.opened == 6)
  }

  @Test func `a dump shows every record`() throws {
    try makeLog()
    let (status, output, complaint) = run("dump", path)
    #expect(status == 0 && complaint.isEmpty)
    #expect(
      output == [
        "snapshot-0000000000000002.jsonl: the state after log index 2",
        #"  2: {"key":"/a"}"#,
        "wal-0000000000000001.jsonl",
        "  1: record 1, batch 1, end: head of segment 1 of node1, after log index 0; term 1, vote none, commit 0",
        "  2: record 2, batch 2: state: term 1, vote none, commit 0",
        "  3: record 3, batch 2: entry 1, term 1: 1",
        "  4: record 4, batch 2: entry 2, term 1: 2",
        "  5: record 5, batch 2, end: entry 3, term 1: 3",
        "wal-0000000000000002.jsonl",
        "  1: record 6, batch 3, end: head of segment 2 of node1, after log index 3; term 1, vote none, commit 0",
        "  2: record 7, batch 4, end: snapshot at 2 of 1 lines",
        "  3: record 8, batch 5, end: closed in good order",
      ])
  }

  @Test func `a padded log is sound, and its blanks are not shown`() throws {
    let disk = PosixDisk(path: path)
    let journal = try Journal.open(
      disk, identity: .test, hardState: .test, padding: 4096,
      restore: { (_) throws(JournalError) in }
    ).journal
    try journal.append(payloads: ["1"])
    let file = "\(path)/\(FileName.ofSegment(1))"
    var bytes = try Array(Data(contentsOf: URL(filePath: file)))
    let length = Blanks.trimmed(bytes[...]).count
    #expect(bytes.count == 4096)
    let found = run("verify", path).output[0]
    #expect(
      found.contains("last log index 1, padded by \(4096 - length) bytes, not closed"), "\(found)")
    #expect(run("dump", path).output.count == 3)
    // Behind some of them there is something, as it could be after a power cut.
    for place in length + 100..<bytes.count { bytes[place] = 0 }
    try Data(bytes).write(to: URL(filePath: file))
    let (status, output, _) = run("dump", path)
    #expect(status == 1 && output.count == 5 && output[3] == "  3: blank lines: 100")
    #expect(run("verify", path).output[0].contains("(the line is blank)"))
  }

  @Test func `a dump follows a log for as long as it is let`() throws {
    let disk = PosixDisk(path: path)
    let journal = try Journal.open(
      disk, identity: .test, hardState: .test, padding: 4096,
      restore: { (_) throws(JournalError) in }
    ).journal
    for flag in ["-follow", "--follow"] {
      var output: [String] = []
      var looks = 0
      let status = Inspection.run(
        ["dump", flag, path], output: { output.append($0) }, complaint: { output.append($0) },
        pause: {
          looks += 1
          #expect(throws: Never.self) { try journal.append(payloads: ["\(looks)"]) }
          return looks < 4
        })
      #expect(status == 0)
      #expect(output.suffix(3).map { $0.suffix(3) } == [": 1", ": 2", ": 3"])
    }
    #expect(run("dump", "-follow", path + "/none").status == 1)
  }

  @Test func `a dump goes on behind damage`() throws {
    try makeLog()
    try damage(FileName.ofSegment(1), at: 250)
    try damage(FileName.ofSnapshot(LogIndex(2)), at: 70)
    let (status, output, complaint) = run("dump", path)
    #expect(status == 1 && complaint.count == 1)
    #expect(output.contains { $0.contains("2: checksum mismatch") })
    #expect(output.contains { $0.contains("closed in good order") })
  }

  @Test func `other words are answered by the usage`() {
    for words in [
      [], ["verify"], ["repair", path], ["verify", path, "x"], ["verify", "-follow", path],
    ] {
      var complaint: [String] = []
      let status = Inspection.run(words, output: { _ in }, complaint: { complaint.append($0) })
      let unknown =
        words.first == "repair" ? "after wal must come verify or dump, not \"repair\"\n" : ""
      #expect(status == 2 && complaint == [unknown + Inspection.usage])
    }
    #expect(run("verify", path + "/none").status == 1)
  }
}
