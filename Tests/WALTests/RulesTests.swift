import DiskSimulation
import RunSupport
import Store
import Testing

@testable import WAL

/// What may follow what in a log: the same rules hold for writing it and for reading it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct RulesTests {
  private func entry(_ index: UInt64, _ term: UInt64) -> Record {
    .entry(EntryRecord(index: LogIndex(index), term: Term(term), payload: []))
  }

  private func state(_ term: UInt64, vote: UInt64? = nil) -> Record {
    .state(HardStateRecord(term: Term(term), vote: vote, commit: .zero))
  }

  private func snapshot(_ index: UInt64, _ term: UInt64, restarts: Bool = false) -> Record {
    .snapshot(
      SnapshotRecord(index: LogIndex(index), term: Term(term), lines: 0, bytes: 0, checksum: 0),
      restarts: restarts)
  }

  /// Which of the records may follow, one after the other; one that may not is left out.
  private func follow(_ records: [Record]) -> [Bool] {
    var tip = LogTip()
    return records.map { record in
      var next = tip
      let may = next.follow(record)
      if may { tip = next }
      return may
    }
  }

  @Test func `no entry is left out, and none replaces what a snapshot stands for`() {
    let records = [
      state(1), entry(2, 1), entry(1, 1), entry(3, 1), entry(2, 1), entry(3, 1), snapshot(2, 1),
      entry(2, 1), entry(1, 1), entry(3, 1), entry(5, 1), entry(4, 1),
    ]
    #expect(
      follow(records) == [
        true, false, true, false, true, true, true, false, false, true, false, true,
      ])
  }

  @Test func `an entry is of a term the disk knows, and not of an earlier one than its neighbour`()
  {
    let records = [
      entry(1, 1), state(3), entry(1, 1), entry(2, 3), entry(3, 4), entry(3, 2), state(4),
      entry(3, 4), entry(2, 2), entry(3, 4),
    ]
    #expect(
      follow(records) == [false, true, true, true, false, false, true, true, true, true])
  }

  @Test func `a term never falls, and there is one vote in each`() {
    let records = [
      state(2, vote: 1), state(1, vote: 1), state(2, vote: 2), state(2), state(2, vote: 1),
      state(3),
      state(3, vote: 2), state(3, vote: 1), state(4, vote: 1),
    ]
    #expect(follow(records) == [true, false, false, false, true, true, true, false, true])
  }

  @Test func `a snapshot is newer than the last one, and stands for entries that are there`() {
    let records = [
      state(1), snapshot(1, 1), entry(1, 1), entry(2, 1), snapshot(1, 1), snapshot(1, 1),
      snapshot(3, 1), snapshot(9, 1, restarts: true), snapshot(8, 1, restarts: true),
      snapshot(12, 2, restarts: true), entry(9, 1), entry(10, 1),
    ]
    #expect(
      follow(records) == [
        true, false, true, true, true, false, false, true, false, false, false, true,
      ])
  }

  @Test func `a log that breaks a rule is refused`() throws {
    for (number, line) in [
      #""t":"entry","i":3,"term":1,"op":1}"#, #""t":"entry","i":1,"term":2,"op":1}"#,
      #""t":"state","term":0,"vote":null,"commit":0}"#,
      #""t":"snapshot","i":2,"term":1,"lines":0,"bytes":0,"sum":"00000000"}"#,
    ].enumerated() {
      let disk = MemoryDisk()
      try Journal.open(disk).journal.append(payloads: ["1"])
      var bytes = Array((#"{"crc":"00000000","n":3,"b":3,"end":1,"# + line).utf8)
      LineFrame.seal(&bytes, from: 0)
      disk[FileName.ofSegment(1)]? += bytes
      let error = #expect(throws: JournalError.self, "\(number)") {
        _ = try Journal.open(disk.afterKill())
      }
      guard case .corrupt(let corruption) = error else { throw JournalError.failed("\(line)") }
      #expect(corruption.line == 3)
    }
  }
}
