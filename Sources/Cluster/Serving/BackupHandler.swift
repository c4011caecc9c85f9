import HTTP
import Loop
import Replication
import Store
import Synchronization
import WAL

/// `POST /snapshot`: a backup of all keys, as a stream: see ``WAL/Backup``.
///
/// | the request | answer |
/// | --- | --- |
/// | reaches a node that is in touch with a majority | 200, and a backup |
/// | lacks the cluster's token, if there is one | 401 |
/// | finds no leader, or two backups under way | 503 |
///
/// Every member serves it. A backup holds every write that was acknowledged, by any member, before
/// the request came, and none that began after the answer's end. Once it has begun it needs neither
/// a leader nor a majority.
///
/// It is a POST, so that no page of another site can ask for what costs so much. It wants the token
/// because it tells more than a listing, which leaves out hidden keys.
///
/// An answer that ends early has no foot, by which a client can tell.
final class BackupHandler: Sendable {
  private let node: ClusterNode
  private let underWay = Atomic(0)

  /// How many backups may be under way. Each keeps what is replaced meanwhile in memory.
  private static var limit: Int { 2 }

  init(of node: ClusterNode) { self.node = node }

  func respond(to request: Request, with response: Response) async throws {
    guard node.mayChangeMembers(authorization: request.header("authorization")) else {
      throw HTTPError(.unauthorized, "the cluster's token is missing or wrong")
    }
    defer { underWay.subtract(1, ordering: .relaxed) }
    guard underWay.add(1, ordering: .relaxed).newValue <= Self.limit else {
      throw HTTPError(.serviceUnavailable, "\(Self.limit) backups are under way: try again later")
    }
    do throws(ProposalError) { try await node.barrier() } catch {
      throw HTTPError(.serviceUnavailable, "\(error)")
    }
    guard let backup = await node.beginBackup() else {
      throw HTTPError(.serviceUnavailable, ReplicaInput.stopping)
    }
    response.contentType = .octets
    let stream = try await response.stream()
    while let piece = await backup.next() { try await stream.write(piece) }
    stream.finish()
  }
}

extension ClusterNode {
  /// A backup of the state as it is now; nil when the node is closed.
  ///
  /// The state is kept by the backup alone: this thread must not be the one that frees it.
  fileprivate func beginBackup() async -> BackupStream? {
    let captured = await withUnsafeContinuation { continuation in
      let message = ReplicaInput.capture(.task(continuation))
      if !mailbox.post(message) { message.refuse() }
    }
    return captured.map { BackupStream(of: $0.state, term: $0.term) }
  }
}
