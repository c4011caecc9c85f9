package import Store

/// The newest state that can be proven from a data directory which recovery refuses.
///
/// A state is proven by a whole snapshot, or the log's own beginning, and the whole batches that
/// follow without a gap:
///
///     snapshot ─► ■ ■ ■ ■ ▒ ■ ■ ■          kept: the state after the fourth
///     snapshot ─► ■ ■ ▒ ■ │ snapshot ─► ■  kept: the second snapshot, and what follows
///
/// What is whole behind a hole cannot be used, since what a command did depends on those before it.
///
/// Recovery begins with the first segment. Here each one that it would not come to is a beginning
/// as well: a segment's head says all that a reader needs to know of those before it. As always,
/// damage to the very last batch with nothing behind it cannot be told from a torn tail.
///
/// The directory is only read.
package struct Salvage {
  private let disk: any Disk
  /// With what the state begins; nil: with an empty store.
  package private(set) var snapshot: SnapshotRecord?
  /// The entries after that, committed or not.
  package private(set) var entries: [EntryRecord] = []
  /// The index and the term of the last one.
  package private(set) var (lastIndex, lastTerm) = (LogIndex.zero, Term.zero)
  /// What is damaged and what is lost: a line for each, for people.
  package private(set) var findings: [String] = []
  /// The number of the last record that was used.
  private var lastRecord: UInt64 = 0

  /// - Throws: an error with all findings if nothing is proven.
  package init(_ disk: any Disk) throws(JournalError) {
    self.disk = disk
    var segments: [UInt64] = []
    var snapshots: [SnapshotRecord] = []
    for name in try withDisk({ () throws(DiskError) in try disk.list() }).sorted() {
      switch FileName(name) {
      case .segment(let number): segments.append(number)
      case .snapshot(let index): verify(index).map { snapshots.append($0) }
      case .tornTail, .unfinished, .other: break
      }
    }
    let runs = runs(of: segments)
    choose(from: runs, snapshots)
    compareWithRest(of: segments)
    if let what = runs.compactMap(\.violation).last {
      findings.append("its server saw what must never happen: \(what)")
    }
    guard lastIndex > .zero else {
      throw .failed((["there is nothing to keep"] + findings).joined(separator: "; "))
    }
  }

  /// Gives `takeLine` every line of the snapshot with which the state begins.
  package func readSnapshot(
    _ takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    guard let snapshot else { return }
    _ = try SnapshotReader.read(disk, snapshot.index, expecting: snapshot, takeLine: takeLine)
  }
}

// MARK: - What there is

extension Salvage {
  /// A snapshot's file, if it is whole.
  private mutating func verify(_ index: LogIndex) -> SnapshotRecord? {
    do throws(JournalError) {
      return try SnapshotReader.read(disk, index, expecting: nil) { (_) throws(JournalError) in }
    } catch {
      note(error)
      return nil
    }
  }

  /// What follows, without a gap, from each segment's head with which something begins.
  private mutating func runs(of segments: [UInt64]) -> [Replay] {
    var runs = [Replay(keepsAll: true)]
    for (place, number) in segments.enumerated() {
      if place > 0, number != segments[place - 1] + 1 {
        note("\(FileName.ofSegment(segments[place - 1] + 1)): \(Damage.missing)")
        runs.append(Replay(keepsAll: true))
      }
      // One that contradicts those before it may be a beginning.
      for _ in 1...2 {
        if take(number, isLast: place == segments.count - 1, into: &runs[runs.count - 1]) { break }
        runs.append(Replay(keepsAll: true))
      }
    }
    return runs
  }

  /// Reads a segment.
  /// - Returns: false if what comes after it does not follow.
  private mutating func take(_ number: UInt64, isLast: Bool, into run: inout Replay) -> Bool {
    do throws(JournalError) {
      let extent = try run.read(number, of: disk, isLast: isLast).extent
      if let tear = extent.tear {
        note("\(FileName.ofSegment(number)), line \(tear.line): \(tear.damage), at the log's end")
      }
      return true
    } catch {
      note(error)
      return false
    }
  }

  private mutating func note(_ error: JournalError) {
    if case .corrupt(let corruption) = error { note("\(corruption)") } else { note("\(error)") }
  }

  private mutating func note(_ finding: String) {
    if !findings.contains(finding) { findings.append(finding) }
  }
}

// MARK: - What is kept

extension Salvage {
  /// Chooses the newest state. Of those to which the log leads, that is the one with the last
  /// record. A snapshot to which it does not lead may be newer, by term and index.
  private mutating func choose(from runs: [Replay], _ snapshots: [SnapshotRecord]) {
    let bases = snapshots.reversed().map(Optional.some) + [nil]
    for run in runs where run.tip.record > lastRecord {
      guard let base = bases.first(where: { run.entries(after: $0) != nil }),
        let entries = run.entries(after: base)
      else { continue }
      snapshot = base
      self.entries = Array(entries)
      (lastIndex, lastTerm, lastRecord) = (run.tip.lastIndex, run.tip.lastTerm, run.tip.record)
    }
    for other in snapshots where (other.term, other.index) > (lastTerm, lastIndex) {
      snapshot = other
      entries = []
      (lastIndex, lastTerm) = (other.index, other.term)
    }
  }

  /// Looks through everything for records that were written later.
  private mutating func compareWithRest(of segments: [UInt64]) {
    var later: Set<LogIndex> = []
    for number in segments {
      guard let bytes = try? disk.open(FileName.ofSegment(number)).readAll() else { continue }
      bytes.withUnsafeBytes { bytes in
        for (number, record) in WholeRecords(in: bytes) where number > lastRecord {
          if case .entry(let entry) = record { later.insert(entry.index) }
        }
      }
    }
    guard let last = later.max() else { return }
    // A leader has taken back what such an entry takes the place of.
    if let first = later.min(), first <= lastIndex,
      let place = entries.firstIndex(where: { $0.index == first })
    {
      entries.removeSubrange(place...)
      lastIndex = first - 1
    }
    if last > lastIndex {
      note(
        "lost: the entries after log index \(lastIndex), up to \(last) at least; whole among them, "
          + "but of no use: \(later.count { $0 > lastIndex }), see wal dump")
    }
  }
}

/// Every record in some bytes that is whole, with its number, wherever it begins.
private struct WholeRecords: Sequence, IteratorProtocol {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(in bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> (number: UInt64, record: Record)? {
    while let place = LineFrame.findPrefix(in: bytes, from: offset) {
      offset = place + 1
      guard let envelope = try? Envelope(verifying: bytes, at: place),
        let record = try? Record(bytes, envelope)
      else { continue }
      offset = envelope.end
      return (envelope.number, record)
    }
    return nil
  }
}
