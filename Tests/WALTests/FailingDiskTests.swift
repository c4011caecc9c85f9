import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// What becomes of a log whose disk is full, or broken.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FailingDiskTests {
  private func isNoSpace(_ error: JournalError?) -> Bool {
    if case .noSpace = error { true } else { false }
  }

  private func isFailed(_ error: JournalError?) -> Bool {
    if case .failed = error { true } else { false }
  }

  @Test func `a batch for which there is no space is taken back, wherever the space ends`() throws {
    let batch = ["\"a\"", "\"\(String(repeating: "b", count: 100))\"", "\"c\""]
    let whole = MemoryDisk()
    try Journal.open(whole).journal.append(payloads: ["1"])
    let length = whole[FileName.ofSegment(1)]?.count ?? 0
    try Journal.open(whole.afterKill()).journal.append(payloads: batch)
    let longer = whole[FileName.ofSegment(1)]?.count ?? 0
    #expect(longer - length > 300)

    for capacity in length..<longer {
      let disk = MemoryDisk()
      let journal = try Journal.open(disk).journal
      try journal.append(payloads: ["1"])
      disk.capacity = capacity
      let error = #expect(throws: JournalError.self) { try journal.append(payloads: batch) }
      #expect(isNoSpace(error) && journal.lastIndex == LogIndex(1))
      #expect(disk[FileName.ofSegment(1)]?.count == length)

      // What failed is not there after a power cut, and what comes after it is.
      var random = SeededRandom(UInt64(capacity))
      #expect(try Journal.open(disk.afterPowerCut(&random)).recovered.payloads == ["1"])
      disk.capacity = .max
      try journal.append(payloads: ["2"])
      let recovered = try Journal.open(disk.afterPowerCut(&random)).recovered
      #expect(recovered.payloads == ["1", "2"] && recovered.tornTail == nil)
    }
  }

  @Test func `a log opens where not even the last batch can be written again`() throws {
    let disk = MemoryDisk()
    disk.copiesOnWrite = true
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    disk.failure = (.sync, after: 0)
    #expect(throws: JournalError.self) { try journal.append(payloads: ["2"]) }
    let full = disk.afterKill()
    full.copiesOnWrite = true
    full.capacity = 0
    let (second, recovered) = try Journal.open(full)
    #expect(recovered.payloads == ["1", "2"] && !second.isLastBatchProven)
    // What may not be durable is followed by nothing, so that nothing proves that it is.
    for _ in 1...2 {
      #expect(isNoSpace(#expect(throws: JournalError.self) { try second.append(payloads: ["3"]) }))
      #expect(isNoSpace(#expect(throws: JournalError.self) { try second.rotate() }))
    }
    full.capacity = .max
    try second.proveLastBatch()
    #expect(second.isLastBatchProven)
    try second.append(payloads: ["3"])
    var random = SeededRandom(1)
    #expect(try Journal.open(full.afterPowerCut(&random)).recovered.payloads == ["1", "2", "3"])
  }

  @Test func `without space for another segment the last one goes on`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, segmentSize: 400).journal
    while disk.names.count < 3 { try journal.append(payloads: ["1"]) }
    while (disk[FileName.ofSegment(3)]?.count ?? 0) < 400 { try journal.append(payloads: ["1"]) }
    let last = journal.lastIndex
    let used = disk.names.reduce(0) { $0 + (disk[$1]?.count ?? 0) }
    for capacity in used..<used + 200 {
      disk.capacity = capacity
      #expect(isNoSpace(#expect(throws: JournalError.self) { try journal.append(payloads: ["2"]) }))
      #expect(journal.lastIndex == last)
    }
    disk.capacity = .max
    try journal.append(payloads: ["2"])
    var random = SeededRandom(1)
    let recovered = try Journal.open(disk.afterPowerCut(&random)).recovered
    #expect(recovered.payloads == (0..<last.rawValue).map { _ in "1" } + ["2"])
  }

  @Test(arguments: [
    MemoryDisk.Operation.sync, .write, .create, .rename, .syncDirectory, .remove,
  ])
  func `after any other failure every call fails, and nothing more is written`(
    _ operation: MemoryDisk.Operation
  ) throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    disk.failure = (operation, after: 0)
    // Whichever of these calls does what fails, it is the first to say so.
    let calls: [() throws -> Void] = [
      { try journal.append(payloads: ["2"]) },
      { try journal.rotate() },
      {
        try journal.adopt(
          SnapshotRecord(
            index: journal.lastIndex, term: Term(1), lines: 0, bytes: 0, checksum: 0))
      },
    ]
    var failed = false
    for call in calls {
      do {
        try call()
        #expect(!failed, "after a failure nothing succeeds")
      } catch {
        #expect(isFailed(error as? JournalError))
        failed = true
      }
    }
    #expect(failed && disk.failure == nil)
    let written = disk.names.map { disk[$0] }
    #expect(throws: JournalError.self) { try journal.append(payloads: ["3"]) }
    #expect(throws: JournalError.self) { try journal.rotate() }
    #expect(throws: JournalError.self) { try journal.close() }
    let isUntouched = disk.names.map { disk[$0] } == written
    #expect(isUntouched)
  }

  @Test func `a sync that failed is not tried again`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    disk.failure = (.sync, after: 0)
    let error = #expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }
    #expect(isFailed(error) && journal.lastIndex == .zero)
    let operations = disk.operationsDone
    #expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }
    #expect(disk.operationsDone == operations)
  }

  @Test(arguments: [MemoryDisk.Operation.truncate, .sync])
  func `a batch that cannot be taken back is the end`(_ operation: MemoryDisk.Operation) throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    disk.capacity = (disk[FileName.ofSegment(1)]?.count ?? 0) + 10
    disk.failure = (operation, after: 0)
    #expect(isFailed(#expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }))
    disk.capacity = .max
    #expect(isFailed(#expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }))
  }

  @Test func `a log that fails to open has changed nothing`() throws {
    let disk = MemoryDisk()
    try Journal.open(disk).journal.append(payloads: ["1"])
    disk[FileName.ofSegment(1)]?[30] ^= 1
    disk[FileName.ofSegment(1)]? += Array("rubbish".utf8)
    disk["wal-0000000000000009.jsonl.tmp"] = [1]
    let restarted = disk.afterKill()
    let before = restarted.names.map { restarted[$0] }
    let error = #expect(throws: JournalError.self) { _ = try Journal.open(restarted) }
    let isUntouched = restarted.names.map { restarted[$0] } == before
    #expect(isUntouched && restarted.operationsDone == 0)
    guard case .corrupt(let corruption) = error else { throw JournalError.failed("no corruption") }
    #expect(corruption.file == FileName.ofSegment(1) && corruption.line == 1)
  }
}
