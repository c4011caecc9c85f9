import DiskSimulation
import RandomSupport
import Store

@testable import WAL

/// Begins a snapshot of three lines.
private func begun(at index: UInt64, on disk: MemoryDisk) throws -> SnapshotWriter {
  var writer = try SnapshotWriter(disk, index: LogIndex(index), term: Term(1))
  for line in ["a", "b", "c"] {
    try writer.append { $0.append(contentsOf: #"{"k":"\#(line)"}"#.utf8) }
  }
  return writer
}

private func write(at index: UInt64, on disk: MemoryDisk) throws -> SnapshotRecord {
  let writer = try begun(at: index, on: disk)
  return try writer.finish()
}

/// What stands in a snapshot's file.
private func read(
  _ index: UInt64, on disk: MemoryDisk, expecting record: SnapshotRecord? = nil
) throws -> String {
  var lines: [String] = []
  _ = try SnapshotReader.read(disk, LogIndex(index), expecting: record) {
    line throws(JournalError) in
    lines.append(text(line))
  }
  return lines.joined(separator: " ")
}

/// Which files of a log there are: `snapshot 8, segments 5 6`.
private func files(_ disk: MemoryDisk) -> String {
  var (snapshots, segments): ([String], [String]) = ([], [])
  for name in disk.names {
    switch FileName(name) {
    case .snapshot(let index): snapshots.append("\(index)")
    case .segment(let number): segments.append("\(number)")
    case .unfinished: snapshots.append(name)
    default: break
    }
  }
  return "snapshot \(snapshots.isEmpty ? "none" : snapshots.joined(separator: " ")), "
    + "segments \(segments.joined(separator: " "))"
}

/// A log of 12 entries in 6 segments of two, perhaps with a snapshot.
private func log(on disk: MemoryDisk, snapshotAt index: UInt64? = nil) throws -> Journal {
  let journal = try Journal.open(disk).journal
  for segment in 0..<6 {
    if segment > 0 { try journal.rotate() }
    try journal.append(payloads: ["\(2 * segment + 1)", "\(2 * segment + 2)"])
  }
  if let index { try journal.adopt(write(at: index, on: disk)) }
  return journal
}

/// What a start finds: `snapshot 8, term 1, entries 9 to 12`, or why it finds nothing.
private func found(_ disk: MemoryDisk) -> String {
  do throws(JournalError) {
    let (journal, recovered) = try Journal.open(disk)
    let snapshot = journal.snapshot.map { "\($0.index)" } ?? "none"
    let payloads = recovered.payloads
    return "snapshot \(snapshot), term \(journal.hardState.term), "
      + "entries \(payloads.first ?? "none") to \(payloads.last ?? "none")"
  } catch { return "\(error)" }
}

/// Pulls the plug in each operation of `work`, several times, and insists on one of the findings.
private func cutEverywhere(
  _ what: String, is expected: [String], prepare: (MemoryDisk) throws -> Journal,
  _ work: (Journal, MemoryDisk) throws -> Void
) throws {
  let whole = MemoryDisk()
  let journal = try prepare(whole)
  let before = whole.operationsDone
  try work(journal, whole)
  for operations in 1...(whole.operationsDone - before + 1) {
    for seed in 1...30 as ClosedRange<UInt64> {
      let disk = MemoryDisk()
      let journal = try prepare(disk)
      disk.operationsLeft = operations
      do { try work(journal, disk) } catch {}
      var random = SeededRandom(seed)
      let seen = found(disk.afterPowerCut(&random))
      Trial.begin(with: "\(what); the power goes at operation \(operations), seed \(seed)")
      if !expected.contains(seen) { broken(expected.joined(separator: ", or: "), seen) }
    }
  }
}

func judge() async throws {
  let lines = #"{"k":"a"} {"k":"b"} {"k":"c"}"#
  invariant(1, "the file has its name, all its lines and its foot, and the record describes it") {
    check("a snapshot of three lines at 8", is: lines) {
      let disk = MemoryDisk()
      let record = try write(at: 8, on: disk)
      return try read(8, on: disk, expecting: record)
    }
    check("its record", is: "3 lines, as many bytes as the file") {
      let disk = MemoryDisk()
      let record = try write(at: 8, on: disk)
      let size = disk[FileName.ofSnapshot(LogIndex(8))]?.count ?? 0
      return "\(counted(record.lines, "line")), "
        + (Int(record.bytes) == size
          ? "as many bytes as the file" : "\(record.bytes) of \(size) bytes")
    }
  }
  invariant(2, "when it is finished, a power cut takes nothing of it") {
    for seed in 1...100 as ClosedRange<UInt64> {
      let disk = MemoryDisk()
      _ = try write(at: 8, on: disk)
      var random = SeededRandom(seed)
      let left = disk.afterPowerCut(&random)
      check("a finished snapshot, then a power cut, seed \(seed)", is: lines) {
        try read(8, on: left)
      }
    }
  }
  invariant(3, "under its own name there is never half a snapshot") {
    for operations in 1...5 {
      for seed in 1...100 as ClosedRange<UInt64> {
        let disk = MemoryDisk()
        let writer = try begun(at: 8, on: disk)
        disk.operationsLeft = operations
        do { _ = try writer.finish() } catch {}
        var random = SeededRandom(seed)
        let left = disk.afterPowerCut(&random)
        guard left.names.contains(FileName.ofSnapshot(LogIndex(8))) else { continue }
        check("the power goes at operation \(operations) of finish(), seed \(seed)", is: lines) {
          try read(8, on: left)
        }
      }
    }
  }
  invariant(4, "when it fails, no file is left behind") {
    for operation in [MemoryDisk.Operation.write, .sync, .rename, .syncDirectory] {
      check("\(operation) fails", is: "an error, and no file") {
        let disk = MemoryDisk()
        let writer = try begun(at: 8, on: disk)
        disk.failure = (operation, after: 0)
        let files = { disk.names.isEmpty ? "no file" : disk.names.joined(separator: " ") }
        do { _ = try writer.finish() } catch { return "an error, and \(files())" }
        return "no error, and \(files())"
      }
    }
  }
  invariant(5, "segments go whose entries it stands for; the last one stays") {
    for (index, left) in [(8, "5 6"), (7, "4 5 6"), (9, "5 6"), (2, "2 3 4 5 6"), (12, "6")] {
      let input = "12 entries in 6 segments of two, a snapshot at \(index)"
      check(input, is: "snapshot \(index), segments \(left)") {
        let disk = MemoryDisk()
        _ = try log(on: disk, snapshotAt: UInt64(index))
        return files(disk)
      }
    }
    check("a snapshot at 8, and a start", is: "snapshot 8, term 1, entries 9 to 12") {
      let disk = MemoryDisk()
      _ = try log(on: disk, snapshotAt: 8)
      return found(disk.afterKill())
    }
  }
  invariant(6, "the snapshot before goes") {
    check("a snapshot at 4, then one at 8", is: "snapshot 8, segments 5 6") {
      let disk = MemoryDisk()
      let journal = try log(on: disk, snapshotAt: 4)
      try journal.adopt(write(at: 8, on: disk))
      return files(disk)
    }
  }
  invariant(7, "whenever the power goes, a start finds the old beginning of the log or the new one")
  {
    try cutEverywhere(
      "a snapshot at 4, then one at 8",
      is: ["snapshot 4, term 1, entries 5 to 12", "snapshot 8, term 1, entries 9 to 12"]
    ) { disk in
      try log(on: disk, snapshotAt: 4)
    } _: { journal, disk in
      try journal.adopt(write(at: 8, on: disk))
    }
  }
  invariant(8, "a change of the hard state becomes durable with it, or not at all") {
    try cutEverywhere(
      "a snapshot at 8, and term 5",
      is: ["snapshot none, term 1, entries 1 to 12", "snapshot 8, term 5, entries 9 to 12"]
    ) { disk in
      try log(on: disk)
    } _: { journal, disk in
      let state = HardStateRecord(term: Term(5), vote: nil, commit: .zero)
      try journal.adopt(write(at: 8, on: disk), hardState: state)
    }
  }
  invariant(9, "without space for its record the file goes, unless a leader's is waited for") {
    for restarts in [false, true] {
      let input = "no space for the record of a snapshot at 8" + (restarts ? " of a leader" : "")
      let rest = restarts ? "snapshot 8" : "snapshot none"
      check(input, is: "noSpace; \(rest), segments 1 2 3 4 5 6") {
        let disk = MemoryDisk()
        let journal = try log(on: disk)
        let record = try write(at: 8, on: disk)
        disk.capacity = 0
        do throws(JournalError) {
          try journal.adopt(record, restartingLog: restarts)
        } catch {
          guard case .noSpace = error else { return "\(error)" }
          return "noSpace; \(files(disk))"
        }
        return "no error; \(files(disk))"
      }
    }
    check("and a start after that", is: "snapshot none, term 1, entries 1 to 12") {
      let disk = MemoryDisk()
      let journal = try log(on: disk)
      let record = try write(at: 8, on: disk)
      disk.capacity = 0
      try? journal.adopt(record)
      return found(disk.afterKill())
    }
  }
}
