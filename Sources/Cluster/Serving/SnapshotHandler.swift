import HTTP
import JSON
import Raft
import Store
import Synchronization
import WAL

/// `POST /raft/snapshot`: takes a piece of a snapshot, writes it, and answers.
///
/// With the last piece the whole file is verified and made durable, and the store that it describes is
/// built; then the node's thread is told, and only it decides whether to install it.
struct SnapshotHandler<D: Disk & Sendable>: Handler {
  private let gate: PeerGate
  private let mailbox: Mailbox<NodeMessage>
  private let intake: SnapshotIntake<D>

  init(_ gate: PeerGate, _ mailbox: Mailbox<NodeMessage>, _ disk: D) {
    self.gate = gate
    self.mailbox = mailbox
    intake = SnapshotIntake(disk)
  }

  func respond(to request: Request, with response: Response) async throws {
    try gate.checkToken(of: request)
    let body = request.body
    guard let end = body.firstIndex(of: UInt8(ascii: "\n")) else {
      throw HTTPError(.badRequest, "there is no line before the piece")
    }
    let value = try jsonObject(body[..<end])
    let head: SnapshotHead
    do throws(PeerError) { head = try SnapshotHead(value) } catch {
      throw HTTPError(.badRequest, error.reason)
    }
    try gate.check(head.identity)
    try gate.check(head.term)
    let (intake, piece) = (intake, Array(body[(end + 1)...]))
    do throws(JournalError) {
      let finished = try await onThread { () throws(JournalError) in
        try intake.take(head, piece)
      }
      if let finished { mailbox.post(.snapshotReceived(head.message, finished)) }
    } catch {
      throw HTTPError(.conflict, "\(error)")
    }
    response.status = .noContent
  }
}

/// The snapshot that is being received, if one is. Touched by one piece's thread at a time.
final class SnapshotIntake<D: Disk & Sendable>: Sendable {
  private let disk: D
  private let present = Mutex<Intake?>(nil)

  /// Everything of it is used under the lock.
  private final class Intake: @unchecked Sendable {
    let from: NodeID
    let record: SnapshotRecord
    var receiver: SnapshotReceiver<D>?

    init(_ head: SnapshotHead, _ receiver: consuming SnapshotReceiver<D>) {
      from = head.identity.from
      record = head.record
      self.receiver = consume receiver
    }
  }

  init(_ disk: D) { self.disk = disk }

  /// Writes a piece; with the last one, returns what the snapshot says.
  func take(_ head: SnapshotHead, _ piece: [UInt8]) throws(JournalError) -> ReceivedSnapshot? {
    try present.withLock { present throws(JournalError) -> ReceivedSnapshot? in
      if head.offset == 0 {
        present = Intake(head, try SnapshotReceiver(disk, index: head.record.index))
      }
      guard let intake = present, intake.from == head.identity.from, intake.record == head.record,
        intake.receiver?.received == head.offset
      else { throw .failed("the piece does not follow on the one before it") }
      try intake.receiver?.append(piece)
      guard head.offset + piece.count >= Int(head.record.bytes) else { return nil }
      present = nil
      return try finish(intake)
    }
  }

  private func finish(_ intake: Intake) throws(JournalError) -> ReceivedSnapshot? {
    guard let receiver = intake.receiver.take() else { return nil }
    var content = SnapshotContent()
    try receiver.finish(expecting: intake.record) { line throws(JournalError) in
      try content.load(line)
    }
    let roster = content.roster ?? Roster()
    return ReceivedSnapshot(record: intake.record, roster: roster, space: content.finish())
  }
}
