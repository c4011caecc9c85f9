import Store

/// Reads a data directory from its first segment to its last, and changes nothing.
///
/// Only when all of it makes sense does the journal repair what a crash left behind.
struct Recovery {
  let disk: any Disk
  private(set) var replay = Replay()
  /// The last segment, and how much of it is whole.
  private(set) var lastSegment: (number: UInt64, extent: SegmentExtent)?
  /// What follows the last whole batch, up to the blanks: why it is not a batch, and its bytes.
  private(set) var tornTail: (place: SegmentReader.Break, bytes: [UInt8])?
  /// What earlier crashes left, in the order in which it was set aside.
  private var setAside: [TornTailName] = []
  /// The newest snapshot that is newer than the log: it came from another node, whose log it stands
  /// for.
  private(set) var newerSnapshot: LogIndex?
  /// Files of no use: not finished, or snapshots of which the log does not speak.
  private(set) var leftovers: [String] = []

  /// Reads everything.
  /// - Parameters:
  ///   - receivesSnapshots: whether a snapshot may have come from another node, and may thus be
  ///     newer than the log.
  ///   - restore: is given every line of the newest snapshot.
  init(
    _ disk: any Disk, receivesSnapshots: Bool = false,
    restore: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    self.disk = disk
    var segments: [UInt64] = []
    var snapshots: [LogIndex] = []
    for name in try withDisk({ () throws(DiskError) in try disk.list() }).sorted() {
      switch FileName(name) {
      case .segment(let number): segments.append(number)
      case .snapshot(let index): snapshots.append(index)
      case .unfinished: leftovers.append(name)
      case .tornTail(let tail): setAside.append(tail)
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
    newerSnapshot = snapshots.last { $0 > replay.tip.lastIndex }
    if !receivesSnapshots, let newerSnapshot { throw entriesAreMissing(newerSnapshot) }
    try finish(first, snapshots, restore)
  }

  /// Of its own a node writes a snapshot only of what its log holds durably.
  private func entriesAreMissing(_ newest: LogIndex) -> JournalError {
    .damaged(
      FileName.ofSnapshot(newest), nil,
      .contradiction(
        "it holds the state after log index \(newest), but the log ends at \(replay.tip.lastIndex): "
          + "entries that were acknowledged are missing"))
  }

  private mutating func read(segment number: UInt64, isLast: Bool) throws(JournalError) {
    let (extent, bytes) = try replay.read(number, of: disk, isLast: isLast)
    if isLast { lastSegment = (number, extent) }
    if let tear = extent.tear {
      tornTail = (tear, Array(Blanks.trimmed(bytes[extent.wholeLength...])))
    }
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

  /// The last segment, ready to be written on.
  struct Repaired {
    let file: any DiskFile
    let length: Int
    /// The last batch, if it could not be written again for lack of space.
    let unproven: Range<Int>?
    /// A line for people on what was set aside, if anything was.
    let note: String?
  }

  /// Has the directory hold what was read, durably, and nothing else.
  ///
  /// The last batch is written again. What is read here is what the system has in memory, and if
  /// the process before this one ended because a sync failed, that is more than the disk has, and
  /// the system does not know it. The batches before need no such care: each was followed by
  /// another one, which was written only after the sync.
  func repair() throws(JournalError) -> Repaired? {
    guard let (segment, extent) = lastSegment else { return nil }
    // First of all, since the space may be wanted.
    try withDisk { () throws(DiskError) in for name in leftovers { try disk.remove(name) } }
    let note = try setTornTailAside()
    let file = try withDisk { () throws(DiskError) in
      let file = try disk.openForWriting(FileName.ofSegment(segment))
      // What is torn, or the blanks of a log that was padded.
      if extent.fileLength > extent.wholeLength { try file.truncate(to: extent.wholeLength) }
      return file
    }
    var unproven: Range<Int>?
    do throws(DiskError) { try file.rewrite(extent.lastBatch) } catch {
      // Where every write takes new space. Reading can begin, and writing has to wait for space.
      guard error.reason == .noSpace else { throw JournalError(error) }
      unproven = extent.lastBatch
    }
    try withDisk { () throws(DiskError) in
      // Also if nothing was torn: the process before this one may have written what was read
      // without having synced it, and from now on it counts.
      try file.sync()
      try disk.syncDirectory()
    }
    return Repaired(file: file, length: extent.wholeLength, unproven: unproven, note: note)
  }

  private func setTornTailAside() throws(JournalError) -> String? {
    guard let tornTail, let segment = lastSegment?.number else { return nil }
    let target = TornTailName.next(of: segment, after: setAside).description
    let what =
      "\(FileName.ofSegment(segment)), line \(tornTail.place.line): \(tornTail.place.damage); "
      + "the \(tornTail.bytes.count) bytes of a batch that was never acknowledged were"
    do throws(DiskError) {
      for old in setAside.sorted().dropLast(TornTailName.limit - 1) {
        try disk.remove(old.description)
      }
      let file = try disk.create(target)
      try file.write(tornTail.bytes, at: 0)
      try file.sync()
    } catch {
      // They are kept for people to look at: no reason not to start on a full disk.
      guard error.reason == .noSpace else { throw JournalError(error) }
      try? disk.remove(target)
      return "\(what) cut off"
    }
    return "\(what) set aside in \(target)"
  }
}

/// What a segment holds.
struct SegmentExtent: Hashable, Sendable {
  /// How much of it is whole batches.
  let wholeLength: Int
  /// The last one of them.
  let lastBatch: Range<Int>
  /// Where it is torn behind them, if it is; otherwise only blanks are behind them.
  let tear: SegmentReader.Break?
  /// How long the file is, with all that.
  let fileLength: Int
}

/// Damage that recovery has to stop at, and where.
struct SegmentDamage: Error, Hashable, Sendable {
  let line: Int
  let damage: Damage
}

extension Replay {
  /// Takes in a segment's file. What comes before damage to it is taken in all the same.
  mutating func read(
    _ number: UInt64, of disk: any Disk, isLast: Bool
  ) throws(JournalError) -> (extent: SegmentExtent, bytes: [UInt8]) {
    let name = FileName.ofSegment(number)
    let bytes = try withDisk { () throws(DiskError) in try disk.open(name).readAll() }
    do throws(SegmentDamage) {
      let extent = try bytes.span.bytes.withUnsafeBytes { bytes throws(SegmentDamage) in
        try read(bytes, segment: number, isLast: isLast)
      }
      return (extent, bytes)
    } catch {
      throw .damaged(name, error.line, error.damage)
    }
  }

  /// Takes in a whole segment.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, segment number: UInt64, isLast: Bool
  ) throws(SegmentDamage) -> SegmentExtent {
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
        return reader.extent(tear: nil)
      case .blanks(let place):
        // The padding goes before the next segment comes.
        guard isLast else { throw SegmentDamage(line: place.line, damage: place.damage) }
        return reader.extent(tear: nil)
      case .tornTail(let place):
        guard isLast, line > 1 else {
          throw SegmentDamage(line: place.line, damage: place.damage)
        }
        return reader.extent(tear: place)
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
