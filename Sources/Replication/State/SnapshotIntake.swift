import Raft
import Store
import Synchronization
package import WAL

/// The snapshot that is being received, if one is.
///
/// Every piece costs what its size costs, the last one too: the file is verified and synced, and
/// the store built, while it comes. So the sender may bound the time for each piece, and a snapshot
/// of any size arrives.
package final class SnapshotIntake: Sendable {
  private let disk: any Disk & Sendable
  private let sections: [any SnapshotSection]
  private let state = Mutex(State())

  private struct State {
    var present: Intake?
    /// How many were begun: no two of them may share a file.
    var attempts: UInt64 = 0
  }

  /// Everything of it is used under the lock.
  private final class Intake: @unchecked Sendable {
    let from: NodeID
    let record: SnapshotRecord
    var receiver: SnapshotReceiver?
    var content: MemberStateLoader?
    var latestPiece = ContinuousClock.now

    init(
      _ head: PieceHead, _ receiver: consuming SnapshotReceiver,
      _ sections: [any SnapshotSection]
    ) {
      content = MemberStateLoader(sections)
      from = head.identity.from
      record = head.record
      self.receiver = consume receiver
    }

    /// Takes the next piece in; true if that was the last one.
    func append(_ piece: [UInt8]) throws(JournalError) -> Bool {
      latestPiece = .now
      try receiver?.append(piece) { line throws(JournalError) in try content?.load(line) }
      return receiver?.received ?? 0 >= Int(record.bytes)
    }

    func finish() throws(JournalError) -> ReceivedState? {
      guard let receiver = receiver.take(), let content = content.take() else { return nil }
      let file = try receiver.finish(expecting: record)
      let roster = content.roster ?? Roster()
      return ReceivedState(file: file, roster: roster, state: content.finish())
    }

    func abandon() { receiver.take()?.abandon() }
  }

  package init(_ disk: any Disk & Sendable, _ sections: [any SnapshotSection]) {
    self.disk = disk
    self.sections = sections
  }

  /// Thrown for a piece that does not follow on the one before it: its sender begins again.
  package static let outOfOrder = JournalError.failed(
    "the piece does not follow on the one before it")

  /// Takes a piece in; with the last one, returns what the snapshot says.
  package func take(_ head: PieceHead, _ piece: [UInt8]) throws(JournalError)
    -> ReceivedState?
  {
    try state.withLock { state throws(JournalError) -> ReceivedState? in
      if head.offset == 0 {
        state.present.take()?.abandon()
        state.attempts += 1
        state.present = Intake(
          head,
          try SnapshotReceiver(disk, index: head.record.index, attempt: state.attempts),
          sections)
      }
      guard let intake = state.present, intake.from == head.identity.from,
        intake.record == head.record, intake.receiver?.received == head.offset
      else { throw Self.outOfOrder }
      do throws(JournalError) {
        guard try intake.append(piece) else { return nil }
        state.present = nil
        return try intake.finish()
      } catch {
        intake.abandon()
        state.present = nil
        throw error
      }
    }
  }

  /// Takes out a snapshot of which nothing has come for `time`: its sender has gone, and another
  /// one begins at the beginning.
  /// - Returns: what is still to be done, which takes long: removes what has come.
  func takeIdle(for time: Duration) -> (@Sendable () -> Void)? {
    let idle = state.withLockIfAvailable { state -> Intake? in
      guard let present = state.present, .now - present.latestPiece >= time else { return nil }
      state.present = nil
      return present
    }
    guard let idle = idle ?? nil else { return nil }
    return { idle.abandon() }
  }
}

/// A state that came over the network, ready to take the place of this node's own.
package final class ReceivedState: @unchecked Sendable {
  // Made by one thread and then handed to the node's, which takes the content out.
  package var file: SnapshotReceiver.File
  package let roster: Roster
  private var state: LoadedState?

  init(file: SnapshotReceiver.File, roster: Roster, state: consuming LoadedState) {
    self.file = file
    self.roster = roster
    self.state = consume state
  }

  /// Returns the state it holds, once.
  func takeState() -> LoadedState? { state.take() }
}
