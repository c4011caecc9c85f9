import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// A log that is padded ahead: what is in its files, and what becomes of it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PaddingTests {
  private static let segment = FileName.ofSegment(1)
  private static let newline = UInt8(ascii: "\n")

  private func isFailed(_ error: JournalError?) -> Bool {
    if case .failed = error { true } else { false }
  }

  /// A file without the blanks at its end.
  private func content(_ bytes: [UInt8]) -> [UInt8] {
    bytes.isEmpty ? bytes : Array(Blanks.trimmed(bytes[...]))
  }

  @Test(arguments: [1, 100, 512, 4096]) func `holds what one that is not padded holds, and blanks`(
    step: Int
  ) throws {
    let (plain, padded) = (MemoryDisk(), MemoryDisk())
    let journals = try [plain, padded].map {
      try Journal.open($0, segmentSize: 3000, padding: $0 === plain ? 0 : step).journal
    }
    var random = SeededRandom(UInt64(step))
    for number in 1...60 {
      // Some batches are longer than the padding.
      let payloads = (0..<Int.random(in: 1...4, using: &random)).map {
        "\"\(String(repeating: "x", count: number % 9 == 0 ? 2 * step : $0 * 7))\""
      }
      for journal in journals { try journal.append(payloads: payloads) }
      #expect(plain.names == padded.names)
      for name in plain.names {
        let (one, other) = (try #require(plain[name]), try #require(padded[name]))
        let isLast = name == plain.names.last
        #expect(isLast ? content(other) == one : other == one)
        if isLast { #expect(other.count % step == 0 && other.count - one.count < step) }
      }
    }
    #expect(plain.names.count > 3)
    for journal in journals { try journal.close() }
    for name in plain.names { #expect(padded[name] == plain[name]) }
  }

  @Test func `writes its batches in place, and syncs each once`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 1 << 16).journal
    try journal.append(payloads: ["1"])
    let (length, operations) = (disk[Self.segment]?.count, disk.operationsDone)
    #expect(length == 1 << 16)
    for number in 2...101 { try journal.append(payloads: ["\(number)"]) }
    #expect(disk[Self.segment]?.count == length)
    // A write and a sync each.
    #expect(disk.operationsDone - operations == 200)
  }

  @Test func `is cut at the next start, which is no torn tail`() throws {
    let disk = MemoryDisk()
    try Journal.open(disk, padding: 4096).journal.append(payloads: ["1", "2"])
    #expect(disk[Self.segment]?.count == 4096)
    let whole = content(disk[Self.segment] ?? [])
    let restarted = disk.afterKill()
    let (journal, recovered) = try Journal.open(restarted)
    #expect(recovered.payloads == ["1", "2"] && recovered.tornTail == nil)
    #expect(!recovered.wasClosed && restarted.names == [Self.segment])
    #expect(restarted[Self.segment] == whole)
    try journal.append(payloads: ["3"])
    #expect(try Journal.open(restarted.afterKill()).recovered.payloads == ["1", "2", "3"])
  }

  @Test func `of a torn batch only what is no padding is set aside`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 4096).journal
    try journal.append(payloads: ["1"])
    let whole = content(disk[Self.segment] ?? []).count
    try journal.append(payloads: ["2", "3", "4"])
    let batch = Array(content(disk[Self.segment] ?? [])[whole...])
    // A hole in the midst of the batch, as a sector that was not written leaves it.
    for place in whole + 10..<whole + 60 { disk[Self.segment]?[place] = Self.newline }
    let restarted = disk.afterKill()
    let note = try Journal.open(restarted).recovered.tornTail
    #expect(note?.contains("the \(batch.count) bytes of a batch") == true)
    #expect(restarted[FileName.ofTornTail(1)]?.count == batch.count)
    #expect(restarted[FileName.ofTornTail(1)]?.suffix(100) == batch.suffix(100))
    #expect(restarted[Self.segment]?.count == whole)
  }

  @Test func `a log that was closed is closed, even if its padding was not cut off`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 4096).journal
    try journal.append(payloads: ["1"])
    disk.failure = (.truncate, after: 0)
    #expect(isFailed(#expect(throws: JournalError.self) { try journal.close() }))
    #expect(disk[Self.segment]?.count == 4096)
    #expect(try Journal.open(disk.afterKill()).recovered.wasClosed)
  }

  /// Wherever the space for the padding ends, the log holds what it holds without padding.
  @Test func `without space for it a write succeeds, and the log grows as before`() throws {
    let plain = MemoryDisk()
    let journal = try Journal.open(plain).journal
    var lengths = [plain[Self.segment]?.count ?? 0]
    for number in 1...5 {
      try journal.append(payloads: ["\(number)"])
      lengths.append(plain[Self.segment]?.count ?? 0)
    }
    for capacity in lengths[1]..<4096 {
      let disk = MemoryDisk()
      let journal = try Journal.open(disk, padding: 4096).journal
      disk.capacity = capacity
      // So many batches have space, and each of them is written.
      let fitting = lengths.count { $0 <= capacity } - 1
      for number in 1...fitting {
        try journal.append(payloads: ["\(number)"])
        #expect(disk[Self.segment]?.count == lengths[number], "capacity \(capacity)")
      }
      if fitting < 5 {
        #expect(throws: JournalError.self) { try journal.append(payloads: ["6"]) }
        #expect(disk[Self.segment]?.count == lengths[fitting])
      }
      var random = SeededRandom(UInt64(capacity))
      let recovered = try Journal.open(disk.afterPowerCut(&random)).recovered
      #expect(recovered.payloads == (1...fitting).map { "\($0)" } && recovered.tornTail == nil)
    }
  }

  @Test func `without space it is tried again when the log has grown by a step`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 1000).journal
    let head = disk[Self.segment]?.count ?? 0
    disk.capacity = head + 300
    try journal.append(payloads: ["1"])
    let first = disk[Self.segment]?.count ?? 0
    disk.capacity = .max
    while (disk[Self.segment]?.count ?? 0) < first + 1000 {
      let operations = disk.operationsDone
      try journal.append(payloads: ["2"])
      // Neither padding nor an attempt at it, while the disk may be as full as it was.
      if disk[Self.segment].map({ $0.last == Self.newline && $0.count < first + 1000 }) == true {
        #expect(disk.operationsDone - operations == 2)
        #expect(disk[Self.segment].map(content) == disk[Self.segment])
      }
    }
    try journal.append(payloads: ["3"])
    #expect((disk[Self.segment]?.count ?? 0) % 1000 == 0)
  }

  @Test func `a batch for which there is no space is taken back, padding and all`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 512).journal
    try journal.append(payloads: ["1"])
    let (padded, whole) = (disk[Self.segment] ?? [], content(disk[Self.segment] ?? []))
    // It begins in the padding, and there is no space for what does not fit there.
    for capacity in padded.count..<padded.count + 300 {
      let disk = disk.afterKill()
      disk[Self.segment] = padded
      let journal = try Journal.open(disk, padding: 512).journal
      try journal.append(payloads: ["2"])
      let whole = content(disk[Self.segment] ?? [])
      disk.capacity = capacity
      #expect(throws: JournalError.self) {
        try journal.append(payloads: [String(repeating: "7", count: 1000)])
      }
      #expect(disk[Self.segment] == whole)
      var random = SeededRandom(UInt64(capacity))
      #expect(try Journal.open(disk.afterPowerCut(&random)).recovered.payloads == ["1", "2"])
      try journal.append(payloads: ["3"])
      let recovered = try Journal.open(disk.afterPowerCut(&random)).recovered
      #expect(recovered.payloads == ["1", "2", "3"] && recovered.tornTail == nil)
    }
    #expect(whole.count < padded.count)
  }

  @Test(arguments: [MemoryDisk.Operation.write, .truncate, .sync])
  func `any other failure while it is written is the end, and acknowledges nothing`(
    operation: MemoryDisk.Operation
  ) throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk, padding: 4096).journal
    // The padding's write is the second one; it has to be cut off where there is no space for it.
    if operation == .truncate { disk.capacity = (disk[Self.segment]?.count ?? 0) + 300 }
    disk.failure = (operation, after: operation == .write ? 1 : 0)
    #expect(isFailed(#expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }))
    #expect(disk.failure == nil && journal.lastIndex == .zero)
    disk.capacity = .max
    #expect(isFailed(#expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }))
    for seed in 0..<50 as Range<UInt64> {
      var random = SeededRandom(seed)
      let recovered = try Journal.open(disk.afterPowerCut(&random)).recovered
      #expect([[], ["1"]].contains(recovered.payloads))
    }
  }

  /// Every batch is acknowledged, and after each of them the power goes.
  @Test(arguments: [100, 512, 700, 4096])
  func `what was acknowledged is there after a power cut, and no more than what was written`(
    step: Int
  ) throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededRandom(seed)
      var disk = MemoryDisk()
      var expected: [String] = []
      for _ in 0..<12 {
        let journal = try Journal.open(disk, segmentSize: 2000, padding: step).journal
        for _ in 0..<Int.random(in: 0...5, using: &random) {
          let length = Int.random(in: 0...900, using: &random)
          expected.append("\"\(String(repeating: "y", count: length))\"")
          try journal.append(payloads: Array(expected.suffix(1)))
        }
        // In the midst of the next batch, which may be padded.
        disk.operationsLeft = Int.random(in: 0...2, using: &random)
        _ = try? journal.append(payloads: ["\"lost\"", "\"lost too\""])
        disk = disk.afterPowerCut(&random)
        let found = try Journal.open(disk, segmentSize: 2000, padding: step).recovered.payloads
        if found != expected { expected += ["\"lost\"", "\"lost too\""] }
        #expect(found == expected, "seed \(seed)")
        disk = disk.afterKill()
      }
    }
  }
}
