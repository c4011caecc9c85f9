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
  private let turn = PieceTurn()

  init(_ gate: PeerGate, _ mailbox: Mailbox<ReplicaInput>, _ intake: SnapshotIntake) {
    self.gate = gate
    self.mailbox = mailbox
    self.intake = intake
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
    try turn.begin(isFirst: head.offset == 0)
    defer { turn.end() }
    let (intake, piece) = (intake, Array(body[(end + 1)...]))
    do throws(JournalError) {
      let finished = try await onThread { () throws(JournalError) in
        try intake.take(head, piece)
      }
      if let finished {
        turn.noteArrival()
        mailbox.post(.snapshotReceived(head.message, finished))
      }
    } catch {
      throw refusal(error)
    }
    response.status = .noContent
  }

  /// What the sender is told. It logs each new reason, so no reason names the file, which has
  /// another name each time.
  private func refusal(_ error: JournalError) -> HTTPError {
    switch error {
    case .noSpace(let reason):
      if turn.noteFullDisk() { gate.log(.warn("no_snapshot", ["reason": reason])) }
      return HTTPError(.serviceUnavailable, NodeStatus.diskFull)
    case .corrupt(let corruption): return HTTPError(.conflict, corruption.reason)
    default: return HTTPError(.conflict, "\(error)")
    }
  }
}
