import DiskSimulation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// What a log promises and what it may hold after the power went, whenever that was.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PowerCutTests {
  /// A life of a log: batches, overwritten entries, votes, small segments, snapshots, a close.
  /// It remembers what was acknowledged and what was under way.
  struct Life {
    var disk: MemoryDisk
    var random: SeededRandom
    var padding: Int
    /// What the log holds for certain, by index.
    var entries: [LogIndex: String] = [:]
    var last = LogIndex.zero
    var hardState = HardStateRecord(term: .zero, vote: nil, commit: .zero)
    var snapshot = LogIndex.zero
    /// What it may hold instead, since nobody knows how far the last call came.
    var underWay: (entries: [LogIndex: String], last: LogIndex, hardState: HardStateRecord)?
    var snapshotUnderWay: LogIndex?
    private var number = 0

    init(disk: MemoryDisk, random: SeededRandom, padding: Int) {
      (self.disk, self.random, self.padding) = (disk, random, padding)
    }

    /// None, a part of a sector, some sectors, and more than a segment.
    static let paddings = [0, 200, 1024, 1700]

    /// Opens the log and holds what it finds against what was promised.
    mutating func recover() throws -> Journal {
      var restored: [String] = []
      let (journal, recovered) = try Journal.open(
        disk, identity: .test, segmentSize: 600, padding: padding
      ) { line throws(JournalError) in
        if let line { restored.append(String(decoding: line, as: UTF8.self)) }
      }
      let found = journal.snapshot?.index ?? .zero
      #expect(found == snapshot || found == snapshotUnderWay)
      let after: ([LogIndex: String], LogIndex) -> [String?] = { entries, last in
        found < last ? (found.rawValue + 1...last.rawValue).map { entries[LogIndex($0)] } : []
      }
      let isAsPromised =
        recovered.payloads == after(entries, last) && journal.lastIndex == max(last, found)
        && journal.hardState == hardState
      let isAsUnderWay =
        underWay.map {
          recovered.payloads == after($0.entries, $0.last) && journal.lastIndex == $0.last
            && journal.hardState == $0.hardState
        } ?? false
      #expect(isAsPromised || isAsUnderWay)
      if isAsUnderWay, !isAsPromised, let underWay {
        (entries, last, hardState) = underWay
      }
      #expect(restored == (found > .zero ? Self.content(of: found) : []))
      snapshot = found
      (underWay, snapshotUnderWay) = (nil, nil)
      return journal
    }

    static func content(of snapshot: LogIndex) -> [String] {
      (0..<snapshot.rawValue % 5).map { #"{"key":"\#($0)","at":\#(snapshot)}"# }
    }

    /// Goes on until the power does, or for so many steps.
    mutating func run(_ journal: Journal, steps: Int) throws(JournalError) {
      for _ in 0..<steps {
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where last > snapshot: try takeSnapshot(journal)
        case 1: try journal.rotate()
        case 2 where last > snapshot + 3: try appendBatch(journal, from: last - 2)
        default: try appendBatch(journal, from: last + 1)
        }
      }
    }

    /// Goes on by so many batches.
    mutating func append(
      _ count: Int, to journal: Journal
    ) throws(JournalError) {
      for _ in 0..<count { try appendBatch(journal, from: last + 1) }
    }

    private mutating func appendBatch(
      _ journal: Journal, from first: LogIndex
    ) throws(JournalError) {
      var next = (entries: entries, last: last, hardState: hardState)
      var batch: [EntryRecord] = []
      let term = first == last + 1 ? hardState.term : hardState.term + 1
      next.last = first - 1
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        number += 1
        next.last = next.last + 1
        // Some lines are longer than a sector.
        let text =
          "\"\(String(repeating: "x", count: number % 7 == 0 ? 700 : number % 11))\(number)\""
        next.entries[next.last] = text
        batch.append(EntryRecord(index: next.last, term: term, payload: Array(text.utf8)))
      }
      if batch.isEmpty { return }
      next.hardState = HardStateRecord(term: term, vote: term.rawValue + 1, commit: .zero)
      underWay = next
      let hardState = next.hardState
      try journal.append {
        $0.append(hardState)
        for entry in batch { $0.append(entry) }
      }
      (entries, last, self.hardState) = next
      underWay = nil
    }

    private mutating func takeSnapshot(_ journal: Journal) throws(JournalError) {
      let index = LogIndex(UInt64.random(in: snapshot.rawValue + 1...last.rawValue, using: &random))
      var writer = try SnapshotWriter(disk, index: index, term: .zero)
      for line in Self.content(of: index) {
        try writer.append { $0.append(contentsOf: line.utf8) }
      }
      let record = try writer.finish()
      snapshotUnderWay = index
      try journal.adopt(record)
      (snapshot, snapshotUnderWay) = (index, nil)
    }
  }

  /// How often a test cuts the power; more by the environment variable.
  static let rounds = 150

  @Test func `every synced batch is there after every power cut, and none was invented`() throws {
    for seed in 0..<UInt64(Self.rounds) {
      var life = Life(
        disk: MemoryDisk(), random: SeededRandom(seed), padding: Life.paddings[Int(seed % 4)])
      for _ in 0..<6 {
        life.disk.operationsLeft = Int.random(in: 0..<120, using: &life.random)
        do {
          let journal = try life.recover()
          try life.run(journal, steps: 40)
        } catch JournalError.failed(_) {}
        life.disk =
          Bool.random(using: &life.random)
          ? life.disk.afterPowerCut(&life.random) : life.disk.afterKill()
      }
      #expect(throws: Never.self, "seed \(seed)") { try life.recover() }
    }
  }

  @Test func `what a killed process left counts for its successor, and lasts`() throws {
    for operations in 0..<120 {
      var life = Life(
        disk: MemoryDisk(), random: SeededRandom(3), padding: Life.paddings[operations % 4])
      life.disk.operationsLeft = operations
      do {
        try life.run(life.recover(), steps: 30)
      } catch JournalError.failed(_) {}
      // The machine goes on, so what was not synced is still seen.
      life.disk = life.disk.afterKill()
      try life.append(1, to: life.recover())
      for seed in 0..<4 as Range<UInt64> {
        var random = SeededRandom(seed)
        var copy = life
        copy.disk = life.disk.afterPowerCut(&random)
        #expect(throws: Never.self, "operation \(operations), seed \(seed)") {
          try copy.recover()
        }
      }
    }
  }

  @Test(arguments: Life.paddings) func `the power may go at any operation`(
    padding: Int
  ) throws {
    for operations in stride(from: 0, to: 400, by: padding == 0 ? 1 : 2) {
      for seed in 0..<(padding == 0 ? 2 : 1) as Range<UInt64> {
        // The same life every time, but for its end.
        var life = Life(disk: MemoryDisk(), random: SeededRandom(7), padding: padding)
        life.disk.operationsLeft = operations
        do {
          let journal = try life.recover()
          try life.run(journal, steps: 60)
          try journal.close()
        } catch JournalError.failed(_) {}
        var random = SeededRandom(seed)
        life.disk = life.disk.afterPowerCut(&random)
        // And again while the log is being repaired.
        life.disk.operationsLeft = Int(seed) * 2
        _ = try? life.recover()
        life.disk = life.disk.afterPowerCut(&random)
        #expect(throws: Never.self, "operation \(operations), seed \(seed)") {
          let journal = try life.recover()
          try life.run(journal, steps: 2)
        }
      }
    }
  }
}
