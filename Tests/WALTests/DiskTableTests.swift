import DiskSimulation
import Foundation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// What a log does about every operation of its disk that fails, at every moment: the table of
/// `steps/step-3-wal-persistence/DISK.md`, made by trying.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DiskTableTests {
  /// What a log is about to do.
  private enum Moment: String, CaseIterable {
    case begin, open, append, pad, full, rotate, snapshot, adopt, close
  }

  private enum Outcome: String {
    /// It refuses what it was asked, and all goes on.
    case refuses
    case stops
    /// There is no log to go on with: the process does not start, or ends.
    case noStart = "no start"
    /// What failed was not needed.
    case ignores
  }

  /// A log with a few segments, and what is acknowledged of it.
  private struct Subject {
    var disk = MemoryDisk()
    var journal: Journal?
    var acknowledged = 0
  }

  private func subject(before moment: Moment) throws -> Subject {
    var subject = Subject()
    if moment == .begin { return subject }
    // An append begins another segment when the last one is full: that is a moment of its own.
    let segmentSize = [.append, .pad, .full].contains(moment) ? 1 << 20 : 400
    let padding = [.open, .pad, .rotate, .close].contains(moment) ? 512 : 0
    let journal = try Journal.open(
      subject.disk, segmentSize: segmentSize, padding: padding
    ).journal
    for number in 1...12 { try journal.append(payloads: ["\(number)"]) }
    subject.acknowledged = 12
    if moment == .open {
      // Half a batch, as a crash in the middle of a write leaves it.
      try journal.append(payloads: ["13", "14"])
      let last = try #require(subject.disk.names.last { $0.hasPrefix("wal-") })
      let bytes = try #require(subject.disk[last])
      let half = Blanks.trimmed(bytes[...]).dropLast(20)
      subject.disk[last] = half + bytes[half.endIndex...].map { _ in Blanks.byte }
      subject.disk = subject.disk.afterKill()
      return subject
    }
    subject.journal = journal
    return subject
  }

  private func act(_ moment: Moment, on subject: inout Subject) throws {
    let disk = subject.disk
    guard let journal = subject.journal else {
      subject.journal = try Journal.open(disk, segmentSize: 400).journal
      return
    }
    switch moment {
    case .begin, .open: break
    case .pad:
      try journal.append(payloads: ["\"\(String(repeating: "x", count: 600))\""])
      subject.acknowledged = 13
    case .close: try journal.close()
    case .append, .full:
      if moment == .full {
        disk.capacity = disk.names.reduce(0) { $0 + (disk[$1]?.count ?? 0) } + 30
      }
      try journal.append(payloads: ["13"])
      subject.acknowledged = 13
    case .rotate: try journal.rotate()
    case .snapshot: _ = try writeSnapshot(on: disk)
    case .adopt:
      // The file is whole; only what comes after it may fail.
      let failure = disk.failure
      disk.failure = nil
      let snapshot = try writeSnapshot(on: disk)
      disk.failure = failure
      try journal.adopt(snapshot)
    }
  }

  private func writeSnapshot(on disk: MemoryDisk) throws -> SnapshotRecord {
    var writer = try SnapshotWriter(disk, index: LogIndex(8), term: Term(1))
    try writer.append { $0 += Array("{}".utf8) }
    return try writer.finish()
  }

  /// Has the operation fail that comes after `count` others of its kind; nil if there is none.
  private func outcome(
    _ moment: Moment, _ operation: MemoryDisk.Operation, _ reason: DiskError.Reason,
    after count: Int
  ) throws -> Outcome? {
    var subject = try subject(before: moment)
    subject.disk.failure = (operation, after: count)
    subject.disk.failureReason = reason
    var outcome = Outcome.ignores
    do { try act(moment, on: &subject) } catch {
      // Without space there is an error of its own, which is none of the disk's.
      guard subject.disk.failure == nil else { return nil }
      outcome = try judge(error, moment, subject)
    }
    guard subject.disk.failure == nil else { return nil }
    subject.disk.capacity = .max
    try expectNothingLost(of: subject)
    return outcome
  }

  private func judge(_ error: any Error, _ moment: Moment, _ subject: Subject) throws -> Outcome {
    guard let journal = subject.journal else { return .noStart }
    subject.disk.capacity = .max
    if case JournalError.noSpace = error {
      try journal.append(payloads: ["later"])
      return .refuses
    }
    // The process must stop; a journal that knows says the same again.
    if moment != .snapshot {
      #expect(throws: JournalError.self) { try journal.append(payloads: ["later"]) }
    }
    return .stops
  }

  /// Whatever failed: after a power cut the next process finds all that was acknowledged.
  private func expectNothingLost(of subject: Subject) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SeededRandom(seed)
      let rest = subject.disk.afterPowerCut(&random)
      let journal = try Journal.open(rest, segmentSize: 400).journal
      #expect(journal.lastIndex.rawValue >= UInt64(subject.acknowledged))
    }
  }

  private func cell(
    _ moment: Moment, _ operation: MemoryDisk.Operation, _ reason: DiskError.Reason
  ) throws -> String {
    var outcomes: [String] = []
    for count in 0..<20 {
      guard let outcome = try outcome(moment, operation, reason, after: count) else { break }
      if !outcomes.contains(outcome.rawValue) { outcomes.append(outcome.rawValue) }
    }
    return outcomes.isEmpty ? "·" : outcomes.joined(separator: "/")
  }

  private func table(_ reason: DiskError.Reason) throws -> [String] {
    func padded(_ text: String) -> String {
      text.padding(toLength: 18, withPad: " ", startingAt: 0)
    }
    func line(_ cells: [String]) -> String {
      let line = cells.map(padded).joined()
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    var lines = [
      line([reason == .noSpace ? "no space" : "any other"] + Moment.allCases.map(\.rawValue))
    ]
    for operation in MemoryDisk.Operation.allCases {
      lines.append(
        line(["\(operation)"] + (try Moment.allCases.map { try cell($0, operation, reason) })))
    }
    return lines
  }

  @Test func `the table of what a disk may do says what the log does`() throws {
    let made = (try table(.noSpace) + [""] + table(.other)).joined(separator: "\n")
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "steps/step-3-wal-persistence/DISK.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains("```text\n" + made + "\n```"), "the table is now:\n\(made)")
  }
}
