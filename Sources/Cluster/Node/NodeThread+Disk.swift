import HTTP
import Raft
import Store
import Synchronization
import WAL

// The disk: batches, what is done when it is full, and snapshots.

extension NodeThread {
  /// Writes what waits for the disk, and does what had to wait for that; stops at the first piece of
  /// work for which there is no space.
  func advance() throws(JournalError) {
    while let work = queued.first {
      if work.effects.mustPersist {
        if roster.cluster == nil { try compareFounders(in: work.effects.entries) }
        let start = ContinuousClock.now
        do throws(JournalError) { try queued.write(to: journal) } catch {
          guard case .noSpace(let reason) = error else { throw error }
          return noteFullDisk(reason)
        }
        syncTimes.add(ContinuousClock.now - start)
        node.persisted(through: work.effects.batch)
      }
      send(queued.removeFirst().effects.messagesAfterPersisting)
      transport.flush()
      try apply(work)
    }
    if isDiskFull {
      isDiskFull = false
      log("event=disk_has_space")
      campaignIfAlone()
    }
  }

  private func noteFullDisk(_ reason: String) {
    if isDiskFull { return }
    isDiskFull = true
    log("event=disk_full reason=\(quoted(reason))")
    // Another member, with a disk that works, had better lead.
    node.resign()
    refuseAll(reason)
  }

  /// What keeps this node from taking writes.
  var ailment: String? { isDiskFull ? NodeStatus.diskFull : nil }

  // MARK: Snapshots from a leader

  /// Has Raft hear of a snapshot that has come, and gives it back unless it is to be installed.
  func consider(_ snapshot: ReceivedSnapshot, _ message: Message) throws(JournalError) {
    var declined: ReceivedSnapshot? = snapshot
    // On a full disk the log cannot take it over, and what waits for the disk comes first. The leader
    // will offer one again.
    if !isDiskFull {
      received = snapshot
      node.step(message)
      // At once, before another one can come.
      try work()
      declined = received.take()
    }
    guard let declined else { return }
    Platform.startThread { [disk] in
      declined.file.remove(from: disk)
      _ = declined.takeState()
    }
  }

  // MARK: Snapshots of its own

  /// Has a thread of its own write the state as it is now.
  func startSnapshot(_ metadata: SnapshotMetadata) throws(JournalError) {
    guard snapshotBeingWritten == nil else { return node.snapshotFailed() }
    do throws(JournalError) { try journal.rotate() } catch {
      guard case .noSpace = error else { throw error }
      return node.snapshotFailed()
    }
    let (disk, mailbox, roster) = (disk, mailbox, roster)
    let state = CapturedState(store, settings.sections)
    let progress = SnapshotInProgress()
    snapshotBeingWritten = progress
    Platform.startThread {
      let result = Result { () throws(JournalError) -> SnapshotRecord? in
        var writer = try SnapshotWriter(
          disk, index: metadata.position.index, term: metadata.position.term)
        try writer.append { $0.append(roster, metadata.membership) }
        try state.write(to: &writer) { progress.isCalledOff }
        guard progress.isCalledOff else { return try writer.finish() }
        writer.abandon()
        return nil
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
      guard let record = try result.get() else { return node.snapshotFailed() }
      guard record.index > journal.snapshot?.index ?? .zero else {
        // One from the leader has come meanwhile, and is newer.
        journal.discard(record)
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
