import Bytes
import Raft
import Store
import WAL

/// What the node's thread is told and asked, in the order in which it comes.
enum NodeMessage: Sendable {
  /// Time has passed: another heartbeat interval.
  case tick
  case proposal(Operation, UnsafeContinuation<Result<Outcome, ProposalError>, Never>)
  case read(UnsafeContinuation<Result<Void, ProposalError>, Never>)
  /// Answered once the store may be served.
  case start(UnsafeContinuation<Result<Void, ProposalError>, Never>)
  case peer(NodeID, [PeerMessage])
  /// A snapshot of this node's own is written, or could not be; nil if it was called off.
  case snapshotWritten(SnapshotMetadata, Result<SnapshotRecord?, JournalError>)
  /// A snapshot came from a leader, and is durable; the message it came with is still to be heard.
  case snapshotReceived(Message, ReceivedSnapshot)
  /// A peer has a snapshot, or could not be given it: why not.
  case snapshotSent(to: NodeID, failure: String?)
  /// A member has named these as the members.
  case introduced([MemberRecord])
  /// Where this node serves, now that it does.
  case serving(at: HostPort)
  /// A member has proved that this node was removed.
  case removed(by: NodeID)
  /// Finish what is under way and hand leadership on: the process is going to stop.
  case drain(UnsafeContinuation<Void, Never>)
  case close(UnsafeContinuation<Void, Never>)

  /// Answers it when nobody works any more.
  func refuse() {
    switch self {
    case .proposal(_, let continuation):
      continuation.resume(returning: .failure(.notAccepted(NodeMessage.stopping)))
    case .read(let continuation), .start(let continuation):
      continuation.resume(returning: .failure(.notAccepted(NodeMessage.stopping)))
    case .drain(let continuation), .close(let continuation): continuation.resume()
    case .tick, .peer, .snapshotWritten, .snapshotReceived, .snapshotSent, .introduced, .serving,
      .removed:
      break
    }
  }

  static let stopping = "the server is stopping"
}
