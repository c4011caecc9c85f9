import HTTP
import Raft
import Store
import Synchronization
import WAL

// The disk: batches, what is done when it is full, and snapshots.

extension NodeThread {
  /// Writes what has to be durable; false if that was impossible for lack of space. Whatever else has
  /// to wait for it then waits as well.
  func persist(_ effects: Effects) throws(JournalError) -> Bool {
    guard effects.mustPersist || !unwritten.isEmpty else { return true }
    guard unwritten.isEmpty else {
      // What brings nothing to write is only messages, which may be lost.
      if effects.mustPersist { unwritten.append(effects) }
      return false
    }
    if roster.cluster == nil { try compareFounders(in: effects.entries) }
    do throws(JournalError) { try write(effects) } catch {
      guard case .noSpace(let reason) = error else { throw error }
      log("event=disk_full reason=\(quoted(reason))")
      unwritten.append(effects)
      // Somebody with a disk that works had better lead.
      node.resign()
      refuseAll(reason)
      return false
    }
    node.persisted(through: effects.batch)
    return true
  }

  /// Tries again to write what there was no space for.
  func writeAgain() throws(JournalError) {
    while let effects = unwritten.first {
      do throws(JournalError) { try write(effects) } catch {
        guard case .noSpace = error else { throw error }
        return
      }
      unwritten.removeFirst()
      node.persisted(through: effects.batch)
      send(effects.messagesAfterPersisting)
    }
    log("event=disk_has_space")
    campaignIfAlone()
  }

  /// What keeps this node from taking writes.
  var ailment: String? {
    unwritten.isEmpty ? nil : "the disk is full"
  }

  private func write(_ effects: Effects) throws(JournalError) {
    let start = ContinuousClock.now
    let state = effects.hardState.map {
      HardStateRecord(term: $0.term, vote: $0.vote?.rawValue, commit: $0.commitIndex)
    }
    if effects.snapshot != nil, let received {
      try journal.adopt(received.record, restartingLog: true, hardState: state)
    }
    try journal.append { batch in
      if effects.snapshot == nil, let state { batch.append(state) }
      for entry in effects.entries { batch.append(entry.record) }
    }
    syncTimes.add(ContinuousClock.now - start)
  }

  // MARK: Snapshots

  /// Has a thread of its own write the store as it stands now.
  func startSnapshot(_ metadata: SnapshotMetadata) throws(JournalError) {
    // What is applied may not be durable yet, and a snapshot must not count before the log does.
    guard unwritten.isEmpty, snapshotBeingWritten == nil else { return node.snapshotFailed() }
    do throws(JournalError) { try journal.rotate() } catch {
      guard case .noSpace = error else { throw error }
      return node.snapshotFailed()
    }
    let (disk, mailbox, snapshot, roster) = (disk, mailbox, store.snapshot(), roster)
    let progress = SnapshotInProgress()
    snapshotBeingWritten = progress
    Platform.startThread {
      let result = Result { () throws(JournalError) -> SnapshotRecord? in
        var writer = try SnapshotWriter(
          disk, index: metadata.position.index, term: metadata.position.term)
        try writer.append { $0.append(roster, metadata.membership) }
        try snapshot.write(to: &writer) { progress.isCalledOff }
        return progress.isCalledOff ? nil : try writer.finish()
      }
      mailbox.post(.snapshotWritten(metadata, result))
    }
  }

  /// The next one is due when the log has grown by as much as this one is long.
  func noteSnapshot() { node.latestSnapshotBytes = Int(journal.snapshot?.bytes ?? 0) }

  func adopt(
    _ metadata: SnapshotMetadata, _ result: Result<SnapshotRecord?, JournalError>
  ) throws(JournalError) {
    snapshotBeingWritten = nil
    do throws(JournalError) {
      // A snapshot from the leader may have come meanwhile, and is newer.
      guard let record = try result.get(), record.index > journal.snapshot?.index ?? .zero else {
        return node.snapshotFailed()
      }
      try journal.adopt(record)
    } catch {
      guard case .noSpace(let reason) = error else { throw error }
      log("event=no_snapshot reason=\(quoted(reason))")
      return node.snapshotFailed()
    }
    counts.snapshotsWritten += 1
    noteSnapshot()
    let dropped = node.snapshotPersisted(metadata)
    Platform.startThread { withExtendedLifetime(dropped) {} }
  }
}
