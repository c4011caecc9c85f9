import DiskSimulation
import Foundation
import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// What is kept of a damaged log, held to what a test can know that wrote the log and damaged it. A
/// long run sets MINI_ETCD_FUZZ_ROUNDS to 1000.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SalvageTests {
  @Test(arguments: 1...UInt64(rounds(40)))
  func `of a damaged log all is kept that is provably sound, and damage and loss are named`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    let log = try KnownLog(&random)
    let disk = log.damaged(&random)
    let expected = log.provable(on: disk)
    let operations = disk.operationsDone
    do throws(JournalError) {
      let salvage = try Salvage(disk)
      var kept: [String] = []
      try salvage.readSnapshot { line throws(JournalError) in
        kept.append(String(decoding: line.dropFirst(6).dropLast(2), as: UTF8.self))
      }
      kept += salvage.entries.map {
        String(decoding: $0.payload.dropFirst().dropLast(), as: UTF8.self)
      }
      #expect(kept == expected.state.map(\.name))
      #expect(salvage.lastIndex == LogIndex(UInt64(expected.state.count)))
      let findings = salvage.findings.joined(separator: "\n")
      #expect(findings.contains("lost: ") == (expected.losesUpTo != nil), "\(findings)")
      if let last = expected.losesUpTo { #expect(findings.contains("up to \(last) at least")) }
      for name in log.damage(on: disk) {
        #expect(name.contains { findings.contains($0) }, "\(name) is not in \(findings)")
      }
    } catch {
      #expect(expected.state.isEmpty, "\(error)")
    }
    #expect(disk.operationsDone == operations)
  }

  @Test func `an undamaged log is kept to its end, without a finding`() throws {
    for seed in 1...20 {
      var random = SeededRandom(UInt64(seed))
      let log = try KnownLog(&random)
      let salvage = try Salvage(log.disk)
      #expect(salvage.lastIndex == LogIndex(UInt64(log.provable(on: log.disk).state.count)))
      #expect(salvage.findings.isEmpty)
    }
  }

  @Test func `where there is no log, that is said`() {
    let error = #expect(throws: JournalError.self) { try Salvage(MemoryDisk()) }
    #expect(error.map { "\($0)" } == "there is nothing to keep")
  }
}

/// A log of which is known what each batch made of it.
private struct KnownLog {
  /// An entry; no two have the same name.
  struct Item: Equatable {
    var name: String
    var term: Term
  }

  struct Batch {
    var segment: UInt64
    var range: Range<Int>
    /// The whole log after it, from index 1 on, whether or not a snapshot stands for it.
    var state: [Item]
    /// The first entry it wrote, if it wrote any.
    var firstIndex: Int?
    /// With a snapshot the log starts anew.
    var restarts = false
    /// The snapshot of which the log speaks by then.
    var snapshot: LogIndex?
  }

  let disk = MemoryDisk()
  private(set) var batches: [Batch] = []
  private var adopted: LogIndex?
  private(set) var snapshots: [LogIndex: [Item]] = [:]
  /// The files as they were written.
  private var files: [String: [UInt8]] = [:]

  init(_ random: inout SeededRandom) throws {
    let padding = [0, 0, 512, 4096].randomElement(using: &random) ?? 0
    let journal = try Journal.open(
      disk, segmentSize: Int.random(in: 500...4000, using: &random), padding: padding
    ).journal
    var state: [Item] = []
    // What a snapshot stands for is committed.
    var covered = 0
    var names = 0
    func fresh(_ count: Int, _ term: Term) -> [Item] {
      (0..<count).map { _ in
        names += 1
        return Item(name: "e\(names)", term: term)
      }
    }
    note(state)
    for _ in 0..<Int.random(in: 5...60, using: &random) {
      let term = journal.hardState.term
      switch Int.random(in: 0..<20, using: &random) {
      case 0: try journal.rotate()
      case 1, 2:
        // A leader of a later term takes entries back.
        let kept = Int.random(in: covered...state.count, using: &random)
        state.removeSubrange(kept...)
        try append(fresh(2, term + 1), to: &state, of: journal)
      case 3 where state.count > covered:
        if Bool.random(using: &random) { try journal.rotate() }
        note(state)
        let count = Int.random(in: covered + 1...state.count, using: &random)
        let record = try write(Array(state[..<count]))
        covered = count
        if !random.oneIn(6) {
          try journal.adopt(record)
          adopted = record.index
        }
      case 4 where random.oneIn(3):
        let items = state[..<covered] + fresh(state.count - covered + 3, term + 1)
        let record = try write(Array(items))
        state = Array(items)
        covered = state.count
        let hardState = HardStateRecord(term: term + 1, vote: nil, commit: record.index)
        try journal.adopt(record, restartingLog: true, hardState: hardState)
        adopted = record.index
        note(state, restarts: true)
      default:
        try append(fresh(Int.random(in: 1...4, using: &random), term), to: &state, of: journal)
      }
      note(state)
    }
    if Bool.random(using: &random) { try journal.close() }
    note(state)
    for name in disk.names { files[name] = disk[name] }
    batches.removeAll { files[FileName.ofSegment($0.segment)] == nil }
    snapshots = snapshots.filter { files[FileName.ofSnapshot($0.key)] != nil }
  }

  private mutating func append(
    _ items: [Item], to state: inout [Item], of journal: Journal
  ) throws {
    let first = state.count
    note(state)
    state += items
    let term = items[0].term
    try journal.append { batch in
      if term > journal.hardState.term {
        batch.append(HardStateRecord(term: term, vote: nil, commit: .zero))
      }
      for (place, item) in items.enumerated() {
        batch.append(
          EntryRecord(
            index: LogIndex(UInt64(first + place + 1)), term: term,
            payload: Array("\"\(item.name)\"".utf8)))
      }
    }
    note(state, firstIndex: first + 1)
  }

  private mutating func write(_ items: [Item]) throws -> SnapshotRecord {
    let index = LogIndex(UInt64(items.count))
    snapshots[index] = items
    var writer = try SnapshotWriter(disk, index: index, term: items[items.count - 1].term)
    for item in items { try writer.append { $0 += Array(#"{"e":"\#(item.name)"}"#.utf8) } }
    return try writer.finish()
  }

  /// Takes note of what has been written: a batch, and perhaps a segment's head before it.
  private mutating func note(_ state: [Item], firstIndex: Int? = nil, restarts: Bool = false) {
    for name in disk.names {
      guard case .segment(let number) = FileName(name), let bytes = disk[name] else { continue }
      let end = Blanks.trimmed(bytes[...]).endIndex
      var start = batches.last { $0.segment == number }?.range.upperBound ?? 0
      if start == 0 {
        let head = (bytes.firstIndex(of: 10) ?? 0) + 1
        // A segment's head changes nothing.
        let before = batches.last?.state ?? []
        let old = batches.last?.snapshot
        batches.append(
          Batch(segment: number, range: 0..<head, state: before, snapshot: old))
        start = head
      }
      if start < end {
        batches.append(
          Batch(
            segment: number, range: start..<end, state: state, firstIndex: firstIndex,
            restarts: restarts, snapshot: adopted))
      }
    }
  }

  // MARK: Damage

  /// A copy of the disk with one to three damages.
  func damaged(_ random: inout SeededRandom) -> MemoryDisk {
    let copy = MemoryDisk()
    for (name, bytes) in files { copy[name] = bytes }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard let name = copy.names.randomElement(using: &random), var bytes = copy[name],
        bytes.count > 1
      else { continue }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let range = place..<min(bytes.count, place + Int.random(in: 1...600, using: &random))
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        .map { Array($0) + [10] }
      let line = Int.random(in: 0..<lines.count, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
      case 3: bytes.replaceSubrange(range, with: repeatElement(10, count: range.count))
      case 4: bytes.removeSubrange(place...)
      case 5: bytes = Array((lines[..<line] + lines[(line + 1)...]).joined().dropLast())
      case 6: bytes = Array((lines[...line] + lines[line...]).joined().dropLast())
      case 7: bytes.insert(10, at: place)
      case 8: bytes += Array("garbage".utf8)
      default:
        copy[name] = nil
        continue
      }
      copy[name] = bytes
    }
    return copy
  }

  /// Each damaged file's name, with that of the next segment: there it may show that lines are
  /// missing. Without those of which nothing can tell.
  func damage(on disk: MemoryDisk) -> [[String]] {
    let last = disk.names.last { $0.hasPrefix("wal-") }
    return files.compactMap { name, bytes in
      guard disk[name] != bytes else { return nil }
      guard case .segment(let number) = FileName(name) else {
        return disk[name] == nil ? nil : [name]
      }
      // The log may begin later, and end earlier; and a lone head may be cut short.
      guard let left = disk[name], !left.isEmpty else { return nil }
      if name == last {
        let content = Blanks.trimmed(left[...])
        let ends = batches.filter { $0.segment == number }.map(\.range.upperBound)
        if bytes.starts(with: content), ends.contains(content.count) { return nil }
      }
      return [name, FileName.ofSegment(number + 1)]
    }
  }

  // MARK: What is provable

  /// The newest state that is proven, and the last entry of which something is left but that is not
  /// in it.
  func provable(on disk: MemoryDisk) -> (state: [Item], losesUpTo: Int?) {
    let whole = snapshots.filter {
      disk[FileName.ofSnapshot($0.key)] == files[FileName.ofSnapshot($0.key)]
    }
    var (best, bestEnd) = ([Item](), -1)
    for start in batches.indices where batches[start].range.lowerBound == 0 {
      // What is in the run begins after this index; the term there may be unknown.
      var (floor, isKnown) = (batches[start].state.count, true)
      var named: Set<LogIndex?> = []
      var end = start - 1
      for place in batches[start...].indices {
        let batch = batches[place]
        if batch.range.lowerBound == 0, place > start {
          let before = batches[place - 1].segment
          let name = FileName.ofSegment(before)
          guard batch.segment == before + 1, disk[name] == files[name] else { break }
        }
        guard isIntact(batch, on: disk) else { break }
        if batch.restarts { (floor, isKnown) = (batch.state.count, true) }
        if let first = batch.firstIndex, first <= floor { (floor, isKnown) = (first - 1, false) }
        named.insert(batch.snapshot)
        end = place
      }
      guard end > bestEnd, end >= start else { continue }
      let state = batches[end].state
      let isBased =
        floor == 0
        || whole.contains { index, items in
          items.count >= floor && items.count <= state.count
            && (items.count > floor || isKnown || named.contains(index))
            && Array(state[..<items.count]) == items
        }
      if isBased { (best, bestEnd) = (state, end) }
    }
    var isSnapshot = false
    for items in whole.values.sorted(by: { $0.count < $1.count }) {
      let (term, count) = (best.last?.term ?? .zero, best.count)
      let other = items[items.count - 1].term
      if other > term || other == term && items.count > count { (best, isSnapshot) = (items, true) }
    }
    // What of later entries can still be read.
    var later: [Int] = []
    for batch in batches[(bestEnd + 1)...] {
      guard let first = batch.firstIndex, let bytes = files[FileName.ofSegment(batch.segment)]
      else {
        continue
      }
      let lines = bytes[batch.range].split(separator: 10).filter {
        Data($0).range(of: Data(#""t":"entry""#.utf8)) != nil
      }
      for (place, line) in lines.enumerated() {
        let isThere = disk.names.contains { name in
          disk[name].map { Data($0).range(of: Data(line) + [10]) != nil } ?? false
        }
        if isThere { later.append(first + place) }
      }
    }
    // A leader has taken back what such an entry takes the place of.
    if !isSnapshot, let first = later.min(), first <= best.count {
      best.removeSubrange((first - 1)...)
    }
    let last = later.max() ?? 0
    return (best, last > best.count ? last : nil)
  }

  private func isIntact(_ batch: Batch, on disk: MemoryDisk) -> Bool {
    let name = FileName.ofSegment(batch.segment)
    guard let bytes = disk[name], let original = files[name], bytes.count >= batch.range.upperBound
    else { return false }
    return bytes[batch.range] == original[batch.range]
  }
}
