public import Store

/// The log on the disk: append, and find it again.
///
/// A journal stores records and knows nothing of what they mean. It is synchronous and has one
/// owner, a thread that does nothing else. When ``append(_:)`` returns, what it wrote survives a
/// power cut; when it throws, nothing may be acknowledged.
///
///     open ──► (append | rotate | adopt a snapshot)* ──► close
///                       │
///                       ├─ noSpace: the batch is taken back, all goes on
///                       └─ failed:  every later call says so; the process has to stop
///
/// The format is described at ``Record``, what recovery makes of damage at ``SegmentReader``, and
/// what is asked of the disk at ``Disk``.
public final class Journal {
  let disk: any Disk
  private let segmentSize: Int
  private let padding: Int

  /// Whose log it is.
  public private(set) var identity: Identity
  var tip: LogTip
  var segments: [Replay.Segment]
  /// The last segment.
  private var file: SegmentFile
  private var batch = Batch()
  private var failure: JournalError?
  /// What ``Recovery/repair()`` could not write again.
  private var unproven: Range<Int>?
  /// Whether the last batch that was found is on the disk for certain. If not, there was no space
  /// to write it again: ``proveLastBatch()`` and every ``append(_:)`` try that first.
  public var isLastBatchProven: Bool { unproven == nil }

  /// A segment that has grown to this size is followed by another one.
  public static var defaultSegmentSize: Int { 64 << 20 }

  /// The last entry's index; that of the snapshot if there is none after it.
  public var lastIndex: LogIndex { tip.lastIndex }
  /// The term of the last entry.
  public var lastTerm: Term { tip.lastTerm }
  /// Term, vote and commit index as last written.
  public var hardState: HardStateRecord { tip.hardState }
  /// The newest snapshot.
  public var snapshot: SnapshotRecord? { tip.snapshot }

  /// What a directory held when it was opened.
  public struct Recovered: Sendable {
    /// The entries after the snapshot, without a gap.
    public let entries: [EntryRecord]
    /// Whether the log was closed in good order.
    public let wasClosed: Bool
    /// A line for people: what was found behind the last whole batch and set aside.
    public let tornTail: String?
  }

  /// Opens the log in a directory, or begins one, and claims the directory.
  ///
  /// Whatever is found is durable when this returns, but for the last batch if there was no space
  /// to write that again: see ``isLastBatchProven``.
  ///
  /// - Parameters:
  ///   - identity: whose log it becomes if there is none yet.
  ///   - hardState: with which it then begins.
  ///   - segmentSize: the number of bytes after which a new segment begins.
  ///   - padding: the last segment's length is kept at a multiple of so many bytes, by newlines at
  ///     its end: see ``SegmentFile``. 0 for none.
  ///   - receivesSnapshots: whether a snapshot in the directory may have come from another node. If
  ///     not, one that is newer than the log proves that a part of the log is missing.
  ///   - restore: is given every line of content of the newest snapshot; and nil if none of those
  ///     before counts: they were another snapshot's.
  ///   - replay: is given every entry after it. Both are called before anything is changed, and
  ///     stop the opening when they throw; what they were given counts when this returns.
  public static func open(
    _ disk: any Disk, identity: @autoclosure () -> Identity,
    hardState: HardStateRecord = HardStateRecord(term: .zero, vote: nil, commit: .zero),
    segmentSize: Int = defaultSegmentSize, padding: Int = 0, receivesSnapshots: Bool = false,
    restore: (UnsafeRawBufferPointer?) throws(JournalError) -> Void,
    replay: (EntryRecord) throws(JournalError) -> Void = { (_) throws(JournalError) in }
  ) throws(JournalError) -> (journal: Journal, recovered: Recovered) {
    try withDisk { () throws(DiskError) in
      try disk.makeDirectory()
      try disk.lock()
    }
    let recovery = try Recovery(
      disk, receivesSnapshots: receivesSnapshots, restore: restore)
    let found = recovery.replay
    if let what = found.violation { throw .violated(what) }
    for entry in found.entries { try replay(entry) }
    guard let owner = found.identity, let repaired = try recovery.repair() else {
      return (
        try Journal(
          creating: disk, identity(), LogTip(hardState: hardState), segmentSize, padding),
        Recovered(entries: [], wasClosed: true, tornTail: nil)
      )
    }
    let recovered = Recovered(
      entries: found.entries, wasClosed: found.isClosed && repaired.note == nil,
      tornTail: repaired.note)
    return (Journal(disk, owner, found, repaired, segmentSize, padding), recovered)
  }

  init(
    _ disk: any Disk, _ identity: Identity, _ replay: Replay, _ repaired: Recovery.Repaired,
    _ segmentSize: Int, _ padding: Int
  ) {
    self.disk = disk
    self.identity = identity
    self.segmentSize = segmentSize
    self.padding = padding
    tip = replay.tip
    segments = replay.segments
    file = SegmentFile(repaired.file, length: repaired.length, paddedBy: padding)
    unproven = repaired.unproven
  }

  /// Begins a log after `tip`, whose head says all of that.
  init(
    creating disk: any Disk, _ identity: Identity, _ tip: LogTip, _ segmentSize: Int, _ padding: Int
  ) throws(JournalError) {
    self.disk = disk
    self.identity = identity
    self.segmentSize = segmentSize
    self.padding = padding
    batch.start(after: tip)
    batch.appendHead(segment: 1, identity)
    batch.finish()
    let first = try Self.createSegment(1, batch.bytes, on: disk)
    file = SegmentFile(first, length: batch.bytes.count, paddedBy: padding)
    self.tip = batch.tip
    segments = [Replay.Segment(number: 1, highestIndex: .zero)]
  }

  /// Writes a batch: when this returns, it is durable.
  ///
  /// - Parameter fill: adds the records; if it adds none, nothing is written.
  /// - Returns: how many bytes were written.
  /// - Throws: ``JournalError/noSpace(_:)``, after which the log is as before and goes on;
  ///   ``JournalError/failed(_:)``, after which it does not.
  @discardableResult
  public func append(_ fill: (inout Batch) -> Void) throws(JournalError) -> Int {
    try proveLastBatch()
    if file.length >= segmentSize { try rotate() }
    batch.start(after: tip)
    fill(&batch)
    if batch.isEmpty { return 0 }
    batch.finish()
    try writeBatch()
    tip = batch.tip
    let last = segments.count - 1
    segments[last].highestIndex = max(segments[last].highestIndex, batch.highestIndex)
    return batch.bytes.count
  }

  private func writeBatch() throws(JournalError) {
    do throws(JournalError) { try file.append(batch.bytes) } catch {
      if case .failed = error { failure = error }
      throw error
    }
  }

  /// Ends the segment and begins the next one.
  ///
  /// Worth calling when a snapshot is begun: the segments before can then go as soon as it is
  /// durable.
  /// - Throws: ``JournalError/noSpace(_:)``, after which the segment goes on as before.
  public func rotate() throws(JournalError) {
    try proveLastBatch()
    // Before there is another segment: only in the last one may recovery take blanks for its end.
    do throws(DiskError) { try file.trim() } catch { throw fail(error) }
    let number = segments[segments.count - 1].number + 1
    batch.start(after: tip)
    batch.appendHead(segment: number, identity)
    batch.finish()
    do throws(JournalError) {
      let next = try Self.createSegment(number, batch.bytes, on: disk)
      file = SegmentFile(next, length: batch.bytes.count, paddedBy: padding)
    } catch {
      if case .noSpace = error { throw error }
      failure = error
      throw error
    }
    tip = batch.tip
    segments.append(Replay.Segment(number: number, highestIndex: .zero))
  }

  /// Makes a segment that holds its head. It gets its name when that is durable.
  private static func createSegment(
    _ number: UInt64, _ head: [UInt8], on disk: any Disk
  ) throws(JournalError) -> any DiskFile {
    let name = FileName.ofSegment(number)
    let file = try withDisk { () throws(DiskError) in
      let file = try disk.create(FileName.unfinished(name))
      try file.write(head, at: 0)
      return file
    }
    do throws(DiskError) {
      try file.sync()
      try disk.rename(FileName.unfinished(name), to: name)
      try disk.syncDirectory()
      // Opened anew, so that what goes wrong with it later is said of the name it has now.
      return try disk.openForWriting(name)
    } catch {
      // Whatever the reason: from here on it is unknown which segment is the last.
      throw .failed(error.description)
    }
  }

  /// Has the heads of segments to come say which cluster the log belongs to.
  /// - Precondition: it was not known.
  public func learn(cluster: UInt64) {
    precondition(identity.cluster == nil, "a log belongs to one cluster")
    identity.cluster = cluster
  }

  /// Says in the log that it was ended in good order. The journal is of no use then; the directory
  /// is free when the disk is given up.
  public func close() throws(JournalError) {
    try append { $0.appendClose() }
    do throws(DiskError) { try file.trim() } catch { throw fail(error) }
    failure = .failed("the log is closed")
  }

  func checkAlive() throws(JournalError) {
    if let failure { throw failure }
  }

  /// Writes again what recovery could not: before that nothing may stand behind it, which would
  /// prove that it is durable, and no client may be told that it is.
  ///
  /// - Throws: as ``append(_:)``.
  public func proveLastBatch() throws(JournalError) {
    try checkAlive()
    guard let range = unproven else { return }
    do throws(DiskError) { try file.rewrite(range) } catch {
      guard error.reason == .noSpace else { throw fail(error) }
      throw .noSpace(error.description)
    }
    do throws(DiskError) { try file.sync() } catch { throw fail(error) }
    unproven = nil
  }

  func fail(_ error: DiskError) -> JournalError {
    let failure = JournalError.failed(error.description)
    self.failure = failure
    return failure
  }
}
