import DiskSimulation
import Foundation
import RunSupport
import Store
import Testing

@testable import WAL

/// `wal dump -follow`: the records of a log that is being written.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FollowTests {
  /// A log, what follows it, and what was shown.
  fileprivate struct Pair {
    let disk = MemoryDisk()
    let journal: Journal
    var follower: LogFollower

    init(segmentSize: Int = 1 << 20, padding: Int = 4096) throws {
      journal = try Journal.open(disk, segmentSize: segmentSize, padding: padding).journal
      follower = LogFollower(disk)
    }

    /// What is shown now, each record by what it says last.
    mutating func shown() throws -> [String] {
      var lines: [String] = []
      try follower.show { lines.append($0) }
      return lines.map { String($0.split(separator: ": ").last ?? "") }
    }
  }

  @Test(arguments: [0, 4096]) func `shows each record once, when its batch is whole`(
    padding: Int
  ) throws {
    var pair = try Pair(padding: padding)
    try pair.journal.append(payloads: ["1"])
    let first = try pair.shown()
    #expect(first.count == 3 && first[0] == FileName.ofSegment(1) && first[2] == "1")
    #expect(try pair.shown() == [])
    try pair.journal.append(payloads: ["2", "3"])
    try pair.journal.append(payloads: ["4"])
    #expect(try pair.shown() == ["2", "3", "4"])
    // Longer than what is read at a time.
    let long = "\"\(String(repeating: "x", count: 200_000))\""
    try pair.journal.append(payloads: [long, "5"])
    try pair.journal.append(payloads: ["6"])
    #expect(try pair.shown() == [long, "5", "6"])
    try pair.journal.close()
    #expect(try pair.shown() == ["closed in good order"])
  }

  @Test func `shows nothing of a batch that is not whole`() throws {
    var pair = try Pair()
    let name = FileName.ofSegment(1)
    try pair.journal.append(payloads: ["1"])
    let before = try #require(pair.disk[name])
    _ = try pair.shown()
    try pair.journal.append(payloads: ["2", "3"])
    let whole = try #require(pair.disk[name])
    for written in zip(before, whole).enumerated().filter({ $1.0 != $1.1 }).map(\.offset) {
      var half = before
      half.replaceSubrange(..<written, with: whole[..<written])
      let disk = MemoryDisk()
      disk[name] = half
      var follower = LogFollower(disk)
      var lines: [String] = []
      try follower.show { lines.append($0) }
      #expect(lines.count == 3)
    }
    #expect(try pair.shown() == ["2", "3"])
  }

  /// The process may have written a batch and not have synced it: what is shown is durable.
  @Test func `syncs what it shows`() throws {
    var pair = try Pair()
    _ = try pair.shown()
    pair.disk.failure = (.sync, after: 0)
    #expect(throws: JournalError.self) { try pair.journal.append(payloads: ["1"]) }
    // Here a failed sync is one that did not happen.
    pair.disk[FileName.ofSegment(1)] = pair.disk[FileName.ofSegment(1)]
    let syncs = pair.disk.operationsDone
    var follower = LogFollower(pair.disk)
    var lines: [String] = []
    pair.disk.failure = (.sync, after: 0)
    #expect(throws: JournalError.self) { try follower.show { lines.append($0) } }
    #expect(lines == [FileName.ofSegment(1)] && pair.disk.operationsDone == syncs + 1)
    try follower.show { lines.append($0) }
    #expect(lines.count == 3)
  }

  @Test func `goes on in the next segment, and says which ones it has missed`() throws {
    var pair = try Pair(segmentSize: 400)
    _ = try pair.shown()
    var expected: [String] = []
    for number in 1...30 {
      try pair.journal.append(payloads: ["\(number)"])
      expected.append("\(number)")
      if number % 7 == 0 {
        let shown = try pair.shown()
        #expect(shown.filter { Int($0) != nil } == expected)
        expected = []
      }
    }
    #expect(pair.disk.names.count > 3)
    _ = try pair.shown()
    // A snapshot removes what it has not read.
    let last = try #require(pair.disk.names.last)
    for number in 31...60 { try pair.journal.append(payloads: ["\(number)"]) }
    let names = pair.disk.names.filter { $0.hasPrefix("wal-") && $0 > last }
    for name in names.dropLast() { try pair.disk.remove(name) }
    var lines: [String] = []
    try pair.follower.show { lines.append($0) }
    #expect(lines.contains { $0.hasSuffix("were removed before they were read") })
    #expect(lines.last?.hasSuffix(": 60") == true)
  }

  @Test func `segments may go while its reader takes what was shown`() throws {
    var pair = try Pair(segmentSize: 400)
    _ = try pair.shown()
    for number in 1...30 { try pair.journal.append(payloads: ["\(number)"]) }
    let read = try #require(pair.disk.names.first)
    var lines: [String] = []
    let disk = pair.disk
    try pair.follower.show { line in
      if lines.isEmpty {
        for name in disk.names.dropLast() where name > read { try? disk.remove(name) }
      }
      lines.append(line)
    }
    #expect(lines.contains { $0.hasSuffix("were removed before they were read") })
    #expect(lines.last?.hasSuffix(": 30") == true)
  }

  @Test func `damage is told when it is still there at the next look`() throws {
    var pair = try Pair()
    try pair.journal.append(payloads: ["1"])
    _ = try pair.shown()
    let length = pair.disk[FileName.ofSegment(1)].map { Blanks.trimmed($0[...]).count } ?? 0
    for number in 2...4 { try pair.journal.append(payloads: ["\(number)"]) }
    let sound = pair.disk[FileName.ofSegment(1)]?[length + 20] ?? 0
    // What was read was older than what was read behind it.
    try pair.spoil(at: length + 20)
    #expect(try pair.shown() == [])
    try pair.spoil(at: length + 20, with: sound)
    #expect(try pair.shown() == ["2", "3", "4"])
    let end = pair.disk[FileName.ofSegment(1)].map { Blanks.trimmed($0[...]).count } ?? 0
    for number in 5...6 { try pair.journal.append(payloads: ["\(number)"]) }
    try pair.spoil(at: end + 20)
    #expect(try pair.shown() == [])
    let error = #expect(throws: JournalError.self) { try pair.shown() }
    guard case .corrupt(let corruption) = error else { throw JournalError.failed("no damage") }
    #expect(corruption.line == 6)
  }

  @Test func `a directory without a log is an error`() {
    var follower = LogFollower(MemoryDisk())
    #expect(throws: JournalError.self) { try follower.show { _ in } }
  }
}

extension FollowTests.Pair {
  /// Changes a byte of the file that is open.
  fileprivate func spoil(at place: Int, with byte: UInt8 = 0) throws {
    let file = try disk.openForWriting(FileName.ofSegment(1))
    try file.write([byte], at: place)
  }
}
