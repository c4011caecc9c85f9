package import Raft
package import Store
package import WAL

/// What a replica is told and asked, in the order of arrival.
package enum ReplicaInput: Sendable {
  /// Another heartbeat interval has passed.
  case tick
  case write(Operation, WriteReply)
  case read(ReadReply)
  /// Answered once the store may be served.
  case start(ReadReply)
  /// Messages of another member that has been let in, and the bytes that they came in.
  case peer(NodeID, [PeerMessage], bytes: Int = 0)
  /// A snapshot of this node's own is written, or could not be; nil if it was called off.
  case snapshotWritten(SnapshotMetadata, Result<SnapshotRecord?, JournalError>)
  /// A snapshot of the leader is durable here; the message that announced it is still to be heard.
  case snapshotReceived(Message, ReceivedState)
  /// A peer has the snapshot it was sent, or the reason why not.
  case snapshotSent(to: NodeID, failure: String?)
  /// A member has named these as the members.
  case introduced([MemberRecord])
  /// A member has proved that this node was removed.
  case removed(by: NodeID)
  /// A viewer looks at the log.
  case showTail(Reply<LogTail>)
  /// A backup begins. The answer is the state as it is now, or nil when the replica is closed.
  case capture(Reply<BackupState?>)
  /// Finish what is under way and hand leadership on: the process is about to stop.
  case drain(Reply<Void>)
  case close(Reply<Void>)

  /// Answers it after the replica has been closed.
  package func refuse() {
    switch self {
    case .write(_, let reply): reply(.failure(.notAccepted(ReplicaInput.stopping)))
    case .read(let reply), .start(let reply):
      reply(.failure(.notAccepted(ReplicaInput.stopping)))
    case .showTail(let reply): reply(LogTail())
    case .capture(let reply): reply(nil)
    case .drain(let reply), .close(let reply): reply(())
    case .tick, .peer, .snapshotWritten, .snapshotReceived, .snapshotSent, .introduced,
      .removed:
      break
    }
  }

  /// What a backup is made of.
  package struct BackupState: Sendable {
    package let state: CapturedState
    package let term: Term
  }

  package static let stopping = "the server is stopping"
}
