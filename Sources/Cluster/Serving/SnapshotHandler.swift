import Bytes
import HTTP
import JSON
import Loop
import Raft
import Replication
import Store
import WAL

/// `POST /raft/snapshot`: takes a piece of a snapshot, writes it, and answers.
///
/// Each piece is verified, and what it says of the store built, when it comes: see
/// ``SnapshotIntake``. With the last piece the node's thread is told, and only it decides whether
/// to install the snapshot.
struct SnapshotHandler: Handler {
  private let gate: PeerGate
  private let mailbox: Mailbox<ReplicaInput>
  private let intake: SnapshotIntake
  private let turn: PieceTurn

  /// - Parameter availableBytes: how much may still be written where snapshots go; nil if that is
  ///   not known.
  init(
    _ gate: PeerGate, _ mailbox: Mailbox<ReplicaInput>, _ intake: SnapshotIntake,
    availableBytes: @escaping @Sendable () -> UInt64?
  ) {
    self.gate = gate
    self.mailbox = mailbox
    self.intake = intake
    turn = PieceTurn(availableBytes)
  }

  func respond(to request: Request, with response: Response) async throws {
    try gate.admit(request, as: .octets)
    let body = request.body
    guard let end = body.firstIndex(of: UInt8(ascii: "\n")) else {
      throw HTTPError(.badRequest, "there is no line before the piece")
    }
    let value = try jsonObject(body[..<end])
    let head: PieceHead
    do throws(PeerError) { head = try PieceHead(value) } catch {
      throw HTTPError(.badRequest, error.reason)
    }
    try gate.check(head.identity, response)
    try gate.check(head.term)
    let status = gate.board.present
    // Before the bytes are taken in: they would be in vain.
    if head.term < status.term {
      throw HTTPError(.conflict, "this is term \(status.term), not \(head.term)")
    }
    if status.isDiskFull { throw HTTPError(.serviceUnavailable, NodeStatus.diskFull) }
    try turn.begin()
    defer { turn.end() }
    let piece = Array(body[(end + 1)...])
    let finished = try await onThread { () throws(HTTPError) in try take(head, piece) }
    if let finished {
      turn.noteArrival()
      mailbox.post(.snapshotReceived(head.message, finished))
    }
    response.status = .noContent
  }

  /// Takes a piece in, on a thread that may touch the disk; returns the state with the last one.
  private func take(_ head: PieceHead, _ piece: [UInt8]) throws(HTTPError) -> ReceivedState? {
    if head.offset == 0 { try turn.beginSnapshot(of: head.record.bytes) }
    do throws(JournalError) { return try intake.take(head, piece) } catch {
      let refusal = refusal(error)
      // Its sender begins at the beginning: nothing is wrong with the snapshot, nor with this node.
      if error == SnapshotIntake.outOfOrder { throw refusal }
      if turn.noteFailure(refusal, of: head.record.bytes) {
        gate.log(.warn("no_snapshot", ["reason": "\(error)"]))
      }
      throw refusal
    }
  }

  /// What the sender is told. It logs each new reason, so no reason names the file, which has
  /// another name each time.
  private func refusal(_ error: JournalError) -> HTTPError {
    switch error {
    case SnapshotIntake.outOfOrder: HTTPError(.conflict, "\(error)")
    case .noSpace: HTTPError(.serviceUnavailable, NodeStatus.diskFull)
    case .corrupt(let corruption): HTTPError(.conflict, corruption.reason)
    case .writtenByLaterStep: HTTPError(.conflict, "a later version wrote the snapshot")
    case .violated, .locked, .failed:
      HTTPError(.internalServerError, "the snapshot could not be written")
    }
  }
}
