import Bytes
import Raft
import Store
import WAL

// Snapshots: those of this node's own, those that the leader sends, and those that this leader
// sends.

extension Replica {
  /// The snapshots a node has to do with at the moment.
  struct Snapshots {
    /// The one of its own that is being written.
    var beingWritten: CancellationFlag?
    /// The one that Raft is just hearing of.
    var received: ReceivedState?
    /// Why a peer could not be given a snapshot the last time.
    var failures: [NodeID: String] = [:]
  }

  // MARK: Its own

  /// Has the state, as it is now, written in the background.
  func startSnapshot(_ metadata: SnapshotMetadata) throws(JournalError) {
    // A stop would have to wait for it.
    guard closing.isEmpty else { return node.snapshotCalledOff() }
    guard snapshots.beingWritten == nil else { return node.snapshotFailed() }
    do throws(JournalError) { try journal.rotate() } catch {
      guard case .noSpace = error else { throw error }
      return node.snapshotFailed()
    }
    let (disk, roster) = (disk, roster)
    let state = CapturedState(store, settings.sections)
    let flag = CancellationFlag()
    snapshots.beingWritten = flag
    host.runInBackground {
      let (position, membership) = (metadata.position, metadata.membership)
      let result = Result { () throws(JournalError) in
        try state.writeFile(
          on: disk, at: position.index, position.term,
          after: { $0.append(roster, membership) }, unless: flag)
      }
      return .snapshotWritten(metadata, result)
    }
  }

  func adopt(
    _ metadata: SnapshotMetadata, _ result: Result<SnapshotRecord?, JournalError>
  ) throws(JournalError) {
    snapshots.beingWritten = nil
    do throws(JournalError) {
      guard let record = try result.get() else { return node.snapshotCalledOff() }
      guard record.index > journal.snapshot?.index ?? .zero else {
        // One from the leader has come meanwhile, and is newer.
        journal.discard(record)
        return node.snapshotCalledOff()
      }
      try journal.adopt(record)
    } catch {
      guard case .noSpace(let reason) = error else { throw error }
      log(.warn("no_snapshot", ["reason": reason]))
      return node.snapshotFailed()
    }
    counts.snapshotsWritten += 1
    noteSnapshot()
    free(node.snapshotPersisted(metadata))
  }

  /// Frees entries that the log has dropped, where that delays no write.
  func free(_ dropped: consuming [Entry]) {
    if !dropped.isEmpty { host.free(dropped) }
  }

  /// The next one is due when the log has grown by as much as this one is long.
  func noteSnapshot() { node.latestSnapshotBytes = Int(journal.snapshot?.bytes ?? 0) }

  // MARK: From the leader

  /// Has Raft hear of a snapshot that has come, and gives it back unless it is to be installed.
  func consider(_ snapshot: ReceivedState, _ message: Message) throws(JournalError) {
    var declined: ReceivedState? = snapshot
    // On a full disk the log cannot take it over, and what waits for the disk comes first. The
    // leader will offer one again.
    if !isDiskFull {
      snapshots.received = snapshot
      node.step(message)
      // At once, before another one can come.
      try perform()
      declined = snapshots.received.take()
    }
    guard let declined else { return }
    host.runInBackground { [disk] in
      declined.file.remove(from: disk)
      _ = declined.takeState()
      return nil
    }
  }

  /// Gives up a snapshot whose sender has gone.
  func dropIdleSnapshot() {
    guard let abandon = intake.takeIdle(for: PieceLimits.idleTime) else { return }
    host.runInBackground {
      abandon()
      return nil
    }
  }

  // MARK: To a follower

  func sendSnapshot(_ message: Message) {
    guard case .installSnapshot(let metadata, _) = message.content, let record = journal.snapshot,
      record.index == metadata.position.index
    else { return node.snapshotSent(to: message.to, succeeded: false) }
    // One that is refused is offered with every heartbeat, which is worth one line.
    if snapshots.failures[message.to] == nil {
      log(.info("snapshot_sent", ["to": roster.name(of: message.to), "index": record.index]))
    }
    host.sendSnapshot(message, record)
  }

  func noteSent(to peer: NodeID, _ failure: String?) {
    if let failure, failure != snapshots.failures[peer] {
      log(.warn("snapshot_not_sent", ["to": roster.name(of: peer), "reason": failure]))
    }
    snapshots.failures[peer] = failure
    node.snapshotSent(to: peer, succeeded: failure == nil)
  }
}
