import Store

// How a snapshot takes the place of the log before it.

extension Journal {
  /// Has the log begin with a snapshot, whose file is durable: see ``SnapshotWriter``.
  ///
  /// Segments and snapshots that are no longer needed are removed, oldest first.
  ///
  /// - Parameters:
  ///   - restartingLog: whether the entries the log holds are void: when the snapshot came from a
  ///     leader and the log does not contain its last entry.
  ///   - hardState: a change of it that becomes durable at the same moment.
  /// - Precondition: it is newer than the one before; unless the log restarts, it stands for
  ///   entries the log has.
  public func adopt(
    _ new: SnapshotRecord, restartingLog: Bool = false, hardState: HardStateRecord? = nil
  ) throws(JournalError) {
    let old = tip.snapshot
    do throws(JournalError) {
      try append { batch in
        if let hardState { batch.append(hardState) }
        batch.append(new, restarts: restartingLog)
      }
    } catch {
      // Without its record the file is of no use, and its space may be. One that came from a leader
      // is kept: Raft counts on it, and its record is written as soon as there is space.
      if case .noSpace = error, !restartingLog { discard(new) }
      throw error
    }
    do throws(DiskError) {
      while segments.count > 1, segments[0].highestIndex <= new.index {
        try disk.remove(FileName.ofSegment(segments[0].number))
        // One at a time: of two that go together, the first could be there after a power cut and
        // the second not, and the log would have a hole.
        try disk.syncDirectory()
        segments.removeFirst()
      }
      if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
    } catch { throw fail(error) }
  }

  /// Has the log begin with a snapshot that came from a leader, in place of all the entries it
  /// holds.
  ///
  /// - Throws: ``JournalError/noSpace(_:)``, after which the log is as before, and the same call
  ///   may be made again: `received` then says how far it came.
  /// - Precondition: it is newer than the snapshot before.
  public func adopt(
    received: inout SnapshotReceiver.File, hardState: HardStateRecord? = nil
  ) throws(JournalError) {
    try checkAlive()
    let (disk, name) = (disk, FileName.ofSnapshot(received.record.index))
    if received.name != name {
      let oldName = received.name
      do throws(DiskError) {
        try disk.rename(oldName, to: name)
        received.name = name
        try disk.syncDirectory()
      } catch {
        if error.reason == .noSpace, received.name == oldName { throw JournalError(error) }
        throw fail(error)
      }
    }
    try adopt(received.record, restartingLog: true, hardState: hardState)
  }

  /// Begins the log of a directory that has none, with a snapshot that came from elsewhere. There
  /// is a log from the moment at which all of it is durable.
  static func begin(
    with received: SnapshotReceiver.File, on disk: any Disk, as identity: Identity
  ) throws(JournalError) -> Journal {
    let record = received.record
    try withDisk { () throws(DiskError) in
      try disk.rename(received.name, to: FileName.ofSnapshot(record.index))
      try disk.syncDirectory()
    }
    let tip = LogTip(
      hardState: HardStateRecord(term: record.term, vote: nil, commit: record.index),
      lastIndex: record.index, lastTerm: record.term, snapshot: record)
    return try Journal(creating: disk, identity, tip, defaultSegmentSize, 0)
  }

  /// Removes the file of a snapshot that is not going to be adopted.
  public func discard(_ snapshot: SnapshotRecord) {
    // Should this fail, the next start removes it.
    guard snapshot.index != tip.snapshot?.index else { return }
    try? disk.remove(FileName.ofSnapshot(snapshot.index))
  }
}
