import Raft
import Store
import WAL

/// What the node's thread is told and asked, in the order in which it comes.
enum NodeMessage: Sendable {
  /// Time has passed: another heartbeat interval.
  case tick
  case proposal(Operation, UnsafeContinuation<Result<Outcome, ProposalError>, Never>)
  case read(UnsafeContinuation<Result<Void, ProposalError>, Never>)
  case peer(NodeID, [PeerMessage])
  /// A snapshot of this node's own is written, or could not be; nil if it was called off.
  case snapshotWritten(SnapshotMetadata, Result<SnapshotRecord?, JournalError>)
  /// A snapshot came from a leader, and is durable; the message it came with is still to be heard.
  case snapshotReceived(Message, ReceivedSnapshot)
  case snapshotSent(to: NodeID, succeeded: Bool)
  /// The others say that this node was removed.
  case removed
  /// Finish what is under way and hand leadership on: the process is going to stop.
  case drain(UnsafeContinuation<Void, Never>)
  case close(UnsafeContinuation<Void, Never>)

  /// Answers it when nobody works any more.
  func refuse() {
    switch self {
    case .proposal(_, let continuation):
      continuation.resume(returning: .failure(.notAccepted(NodeMessage.stopping)))
    case .read(let continuation):
      continuation.resume(returning: .failure(.notAccepted(NodeMessage.stopping)))
    case .drain(let continuation), .close(let continuation): continuation.resume()
    case .tick, .peer, .snapshotWritten, .snapshotReceived, .snapshotSent, .removed: break
    }
  }

  static let stopping = "the server is stopping"
}

/// A state that came over the network, ready to take the place of this node's own.
final class ReceivedSnapshot: @unchecked Sendable {
  // Made by one thread and then handed to the node's, which takes the content out.
  let record: SnapshotRecord
  let roster: Roster
  private var space: KeySpace?

  init(record: SnapshotRecord, roster: Roster, space: consuming KeySpace) {
    self.record = record
    self.roster = roster
    self.space = consume space
  }

  /// The store's content, once.
  func takeSpace() -> KeySpace? { space.take() }
}
