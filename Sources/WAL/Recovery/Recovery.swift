import Platform
import Store

/// Reads a data directory from its first segment to its last, and changes nothing.
///
/// Only when all of it makes sense does the journal repair what a crash left behind.
struct Recovery {
  let disk: any Disk
  private var log = LogContent()
  var replay: Replay { log.replay }
  var lastSegment: (number: UInt64, extent: SegmentExtent)? { log.lastSegment }
  var tornTail: (place: SegmentReader.Break, bytes: [UInt8])? { log.tornTail }
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
  ///   - restore: is given every line of the newest snapshot; and nil if none of those before
  ///     counts.
  init(
    _ disk: any Disk, receivesSnapshots: Bool = false,
    restore: (UnsafeRawBufferPointer?) throws(JournalError) -> Void
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
    let restored = try read(segments, and: snapshots.last, restore)
    newerSnapshot = snapshots.last { $0 > replay.tip.lastIndex }
    if !receivesSnapshots, let newerSnapshot { throw entriesAreMissing(newerSnapshot) }
    try finish(first, snapshots, restored, restore)
  }

  /// Of its own a node writes a snapshot only of what its log holds durably.
  private func entriesAreMissing(_ newest: LogIndex) -> JournalError {
    .damaged(
      FileName.ofSnapshot(newest), nil,
      .contradiction(
        "it holds the state after log index \(newest), but the log ends at \(replay.tip.lastIndex): "
          + "entries that were acknowledged are missing"))
  }

  /// Reads the log, and the newest snapshot with it if the disk is for two threads: the log nearly
  /// always speaks of that one, but where it does is known only when all of it is read.
  ///
  /// - Returns: the snapshot that `restore` was given; nil if it was given none.
  private mutating func read(
    _ segments: [UInt64], and newest: LogIndex?,
    _ restore: (UnsafeRawBufferPointer?) throws(JournalError) -> Void
  ) throws(JournalError) -> SnapshotRecord? {
    guard let newest, let reader = disk.forAnotherThread else {
      log = try LogContent(disk, segments)
      return nil
    }
    let content = Background {
      Result { () throws(JournalError) in try LogContent(reader, segments) }
    }
    // What is wrong with it is said when it proves to be the one, and is read again.
    let restored = try? SnapshotReader.read(disk, newest, expecting: nil, takeLine: restore)
    log = try content.wait().get()
    if restored == nil { try restore(nil) }
    return restored
  }

  private mutating func finish(
    _ first: UInt64, _ snapshots: [LogIndex], _ restored: SnapshotRecord?,
    _ restore: (UnsafeRawBufferPointer?) throws(JournalError) -> Void
  ) throws(JournalError) {
    do throws(Damage) { try log.replay.finish() } catch {
      throw .damaged(FileName.ofSegment(first), 1, error)
    }
    let snapshot = replay.tip.snapshot
    leftovers += snapshots.filter { $0 != snapshot?.index }.map(FileName.ofSnapshot)
    if restored != nil {
      if restored == snapshot { return }
      try restore(nil)
    }
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
