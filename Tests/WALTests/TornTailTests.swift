import DiskSimulation
import RandomSupport
import RunSupport
import Testing

@testable import WAL

/// Rubbish behind the last whole batch is set aside and cut off, and the log goes on from there.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TornTailTests {
  private static let segment = FileName.ofSegment(1)

  /// A log of two batches, as a crash left it after somebody did something to its file.
  private func disk(_ damage: (inout [UInt8]) -> Void) throws -> MemoryDisk {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1", "2", "3"])
    try journal.append(payloads: ["4"])
    var bytes = disk[Self.segment] ?? []
    damage(&bytes)
    disk[Self.segment] = bytes
    return disk.afterKill()
  }

  /// The damage, and which entries are left.
  static let damages: [(name: String, left: [String], damage: @Sendable (inout [UInt8]) -> Void)] =
    [
      ("100 zeros", ["1", "2", "3", "4"], { $0 += [UInt8](repeating: 0, count: 100) }),
      ("4096 zeros", ["1", "2", "3", "4"], { $0 += [UInt8](repeating: 0, count: 4096) }),
      (
        "newlines, and a byte behind them", ["1", "2", "3", "4"],
        { $0 += [UInt8](repeating: 0x0a, count: 3) + [0x20] }
      ),
      (
        "random bytes", ["1", "2", "3", "4"],
        {
          var random = SeededRandom(1)
          $0 += (0..<1000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
      ),
      (
        "the prefix of a line, a hundred times", ["1", "2", "3", "4"],
        {
          for _ in 0..<100 { $0 += Array(#"{"crc":"00000000","n":6,"b":4,"end":1,"#.utf8) }
        }
      ),
      (
        "half a record", ["1", "2", "3", "4"],
        {
          $0 += Array(#"{"crc":"5f1c9e02","n":6,"b":4,"end":1,"t":"ent"#.utf8)
        }
      ),
      (
        "the last 20 bytes zeroed", ["1", "2", "3"],
        {
          $0.replaceSubrange($0.count - 20..<$0.count, with: [UInt8](repeating: 0, count: 20))
        }
      ),
      ("the last newline missing", ["1", "2", "3"], { $0.removeLast() }),
    ]

  @Test(arguments: damages.indices) func `is cut off, and the log is sound after two more crashes`(
    _ number: Int
  ) throws {
    let (name, left, damage) = Self.damages[number]
    var disk = try disk(damage)
    let before = disk[Self.segment] ?? []

    var (journal, recovered) = try Journal.open(disk)
    #expect(recovered.payloads == left, "\(name)")
    let note = try #require(recovered.tornTail)
    #expect(note.contains(Self.segment) && note.contains("line ") && !recovered.wasClosed)
    let kept = disk[Self.segment] ?? []
    #expect(kept + (disk[FileName.ofTornTail(1)] ?? []) == before, "nothing is thrown away")

    try journal.append(payloads: ["\"second\""])
    var random = SeededRandom(UInt64(number))
    disk = disk.afterPowerCut(&random)
    (journal, recovered) = try Journal.open(disk)
    #expect(recovered.payloads == left + ["\"second\""] && recovered.tornTail == nil)

    try journal.append(payloads: ["\"third\""])
    disk = disk.afterPowerCut(&random)
    (_, recovered) = try Journal.open(disk)
    #expect(recovered.payloads == left + ["\"second\"", "\"third\""])
  }

  @Test func `a whole batch is kept whatever stands behind it`() throws {
    var random = SeededRandom(5)
    for _ in 0..<200 {
      let disk = try disk { bytes in
        bytes += (0..<Int.random(in: 1...90, using: &random)).map { _ in
          // Bytes of which lines are made, to make it harder.
          Array(#"{"crc":"0123456789abcdef",n}"#.utf8).randomElement(using: &random) ?? 0
        }
      }
      #expect(try Journal.open(disk).recovered.payloads == ["1", "2", "3", "4"])
    }
  }

  @Test func `lines of the last batch behind a hole do not make it whole`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    let whole = disk[Self.segment]?.count ?? 0
    try journal.append(payloads: ["2", "3", "4"])
    for place in 0..<20 { disk[Self.segment]?[whole + place] = 0 }
    let recovered = try Journal.open(disk.afterKill()).recovered
    #expect(recovered.payloads == ["1"] && recovered.tornTail != nil)
  }

  @Test func `a torn tail is cut off on a full disk too`() throws {
    let disk = try disk { $0 += [UInt8](repeating: 0, count: 100) }
    disk.capacity = 0
    let recovered = try Journal.open(disk).recovered
    #expect(recovered.payloads == ["1", "2", "3", "4"])
    #expect(recovered.tornTail?.contains("cut off") == true)
    #expect(!disk.names.contains(FileName.ofTornTail(1)))
  }

  @Test func `a later crash leaves what earlier ones left, up to ten times`() throws {
    var disk = MemoryDisk()
    for number in 1...25 as ClosedRange<UInt64> {
      let journal = try Journal.open(disk).journal
      try journal.append(payloads: ["1"])
      if number == 12 { try journal.rotate() }
      let segment: UInt64 = number < 12 ? 1 : 2
      disk[FileName.ofSegment(segment)]? += Array("torn \(number)".utf8)
      disk = disk.afterKill()
      let name = TornTailName(segment: segment, number: number < 12 ? number : number - 11)
      #expect(TornTailName(name.description) == name)
      let note = try Journal.open(disk).recovered.tornTail
      #expect(note?.hasSuffix("set aside in \(name)") == true)
      #expect(disk[name.description] == Array("torn \(number)".utf8))
      let kept = disk.names.filter { $0.hasSuffix(".torn") }
      #expect(kept.count == min(Int(number), TornTailName.limit))
      disk = disk.afterKill()
    }
    #expect(disk.names.contains(FileName.ofTornTail(2)) == false)
    for name in ["wal-1.torn", "wal-0000000000000001-1.torn", "wal-0000000000000001-02.torn"] {
      #expect(TornTailName(name) == nil)
    }
  }

  @Test func `what a failed sync left in memory alone is written again before it counts`() throws {
    for seed in 0..<100 as Range<UInt64> {
      var random = SeededRandom(seed)
      var disk = MemoryDisk()
      var journal = try Journal.open(disk).journal
      try journal.append(payloads: ["1"])
      // Up to three processes in turn see their first sync fail, which no later process can see.
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        disk.failure = (.sync, after: 0)
        #expect(throws: JournalError.self) { try journal.append(payloads: ["2", "3"]) }
        disk = disk.afterKill()
        if random.oneIn(2) {
          disk.failure = (.sync, after: 0)
          #expect(throws: JournalError.self) { _ = try Journal.open(disk) }
          disk = disk.afterKill()
        }
        journal = try Journal.open(disk).journal
      }
      let served = try Journal.open(disk.afterKill()).recovered.payloads
      // What was served is there after a power cut, and so is what was acknowledged behind it.
      let (first, second) = (disk.afterPowerCut(&random), disk)
      #expect(try Journal.open(first).recovered.payloads == served, "seed \(seed)")
      journal = try Journal.open(second.afterKill()).journal
      try journal.append(payloads: ["4"])
      let recovered = try Journal.open(second.afterPowerCut(&random)).recovered
      #expect(recovered.payloads == served + ["4"], "seed \(seed)")
    }
  }

  @Test func `what was read and never synced is synced before it counts`() throws {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    // The process dies between its write and its sync.
    disk.failure = (.sync, after: 0)
    #expect(throws: JournalError.self) { try journal.append(payloads: ["1"]) }
    let restarted = disk.afterKill()
    #expect(try Journal.open(restarted).recovered.payloads == ["1"])
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededRandom(seed)
      let recovered = try Journal.open(restarted.afterPowerCut(&random)).recovered
      #expect(recovered.payloads == ["1"])
    }
  }
}
