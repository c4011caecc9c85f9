import Store

/// Reads a data directory from its first segment to its last, and changes nothing.
///
/// Only when all of it makes sense does the journal repair what a crash left behind.
struct Recovery<D: Disk> {
  let disk: D
  private(set) var replay = Replay()
  /// The last segment: opened, and how much of it is whole.
  private(set) var lastSegment: (file: D.File, wholeLength: Int)?
  /// What stands behind the last whole batch: why it is not one, and its bytes.
  private(set) var tornTail: (place: SegmentReader.Break, bytes: [UInt8])?
  /// Files of no use: not finished, or snapshots of which the log does not speak.
  private(set) var leftovers: [String] = []

  /// Reads everything.
  /// - Parameter restore: is given every line of the newest snapshot.
  init(
    _ disk: D, restore: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    self.disk = disk
    var segments: [UInt64] = []
    var snapshots: [LogIndex] = []
    for name in try withDisk({ () throws(DiskError) in try disk.list() }).sorted() {
      switch FileName(name) {
      case .segment(let number): segments.append(number)
      case .snapshot(let index): snapshots.append(index)
      case .unfinished: leftovers.append(name)
      case .other: break
      }
    }
    guard let first = segments.first else {
      guard let snapshot = snapshots.last else { return }
      throw .damaged(
        FileName.ofSnapshot(snapshot), nil, .contradiction("there is no log to it"))
    }
    for (place, number) in segments.enumerated() {
      guard number == first + UInt64(place) else {
        throw .damaged(FileName.ofSegment(first + UInt64(place)), nil, .missing)
      }
      try read(segment: number, isLast: place == segments.count - 1)
    }
    try finish(first, snapshots, restore)
  }

  private mutating func read(segment number: UInt64, isLast: Bool) throws(JournalError) {
    let name = FileName.ofSegment(number)
    let disk = disk
    let (file, bytes) = try withDisk { () throws(DiskError) in
      let file = try disk.open(name)
      return (file, try disk.readAll(of: file))
    }
    let stop: SegmentReader.Break?
    let wholeLength: Int
    do throws(SegmentDamage) {
      (wholeLength, stop) = try bytes.span.bytes.withUnsafeBytes { bytes throws(SegmentDamage) in
        try replay.read(bytes, segment: number, isLast: isLast)
      }
    } catch {
      throw .damaged(name, error.line, error.damage)
    }
    if isLast { lastSegment = (file, wholeLength) }
    if let stop { tornTail = (stop, Array(bytes[wholeLength...])) }
  }

  private mutating func finish(
    _ first: UInt64, _ snapshots: [LogIndex],
    _ restore: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    do throws(Damage) { try replay.finish() } catch {
      throw .damaged(FileName.ofSegment(first), 1, error)
    }
    let snapshot = replay.tip.snapshot
    leftovers += snapshots.filter { $0 != snapshot?.index }.map(FileName.ofSnapshot)
    guard let snapshot else { return }
    guard snapshots.contains(snapshot.index) else {
      throw .damaged(FileName.ofSnapshot(snapshot.index), nil, .missing)
    }
    _ = try SnapshotReader.read(disk, snapshot.index, expecting: snapshot, takeLine: restore)
  }

  /// Has the directory hold what was read, durably, and nothing else.
  /// - Returns: a line for people on what was set aside, if anything was.
  func repair() throws(JournalError) -> String? {
    guard let lastSegment else { return nil }
    let note = try setTornTailAside()
    try withDisk { () throws(DiskError) in
      if tornTail != nil { try disk.truncate(lastSegment.file, to: lastSegment.wholeLength) }
      // Also if nothing was torn: the process before this one may have written what was read
      // without having synced it, and from now on it counts.
      try disk.sync(lastSegment.file)
      for name in leftovers { try disk.remove(name) }
      try disk.syncDirectory()
    }
    return note
  }

  private func setTornTailAside() throws(JournalError) -> String? {
    guard let tornTail, let segment = replay.segments.last?.number else { return nil }
    let (count, name) = (tornTail.bytes.count, FileName.ofTornTail(segment))
    let what =
      "\(FileName.ofSegment(segment)), line \(tornTail.place.line): \(tornTail.place.damage); "
      + "the \(count) bytes of a batch that was never acknowledged were"
    do throws(DiskError) {
      let file = try disk.create(name)
      try disk.append(tornTail.bytes, to: file)
      try disk.sync(file)
    } catch {
      // They are kept for people to look at: no reason not to start on a full disk.
      guard error.reason == .noSpace else { throw JournalError(error) }
      try? disk.remove(name)
      return "\(what) cut off"
    }
    return "\(what) set aside in \(name)"
  }
}

/// Damage that recovery has to stop at, and where.
struct SegmentDamage: Error, Hashable, Sendable {
  let line: Int
  let damage: Damage
}

extension Replay {
  /// Takes in a whole segment.
  /// - Returns: how much of it is whole batches, and where it is torn behind them.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, segment number: UInt64, isLast: Bool
  ) throws(SegmentDamage) -> (wholeLength: Int, tear: SegmentReader.Break?) {
    var reader: SegmentReader
    do throws(Damage) {
      // A segment gets its name when its head is durable, so a head cannot be torn.
      let envelope = try Envelope(verifying: bytes, at: 0)
      guard case .head(let head) = try Record(bytes, envelope) else {
        throw .contradiction("a segment begins with its head")
      }
      try begin(head, number: number)
      reader = SegmentReader(
        bytes, afterRecord: envelope.number - 1, batch: envelope.batch - 1)
    } catch {
      throw SegmentDamage(line: 1, damage: error)
    }
    while true {
      let line = reader.wholeLines + 1
      switch reader.next() {
      case .batch where line == 1:
        guard reader.records.count == 1 else {
          throw SegmentDamage(
            line: 2, damage: .contradiction("a segment's head is a batch of its own"))
        }
      case .batch:
        try apply(reader, from: line)
      case .end:
        return (reader.wholeLength, nil)
      case .tornTail(let place):
        guard isLast, line > 1 else {
          throw SegmentDamage(line: place.line, damage: place.damage)
        }
        return (reader.wholeLength, place)
      case .corruption(let place):
        throw SegmentDamage(line: place.line, damage: place.damage)
      }
    }
  }

  private mutating func apply(_ reader: SegmentReader, from line: Int) throws(SegmentDamage) {
    for (place, envelope) in reader.records.enumerated() {
      do throws(Damage) { try apply(try Record(reader.bytes, envelope)) } catch {
        throw SegmentDamage(line: line + place, damage: error)
      }
    }
    endBatch()
  }
}
