import Bytes
import HTTP
import JSON
import Raft
import Replication
import Token

/// What all links of a node have in common: who speaks, and how.
struct PeerContext: Sendable {
  let id: NodeID
  let incarnation: UInt64
  let token: ClusterToken?
  /// In order; nil for a node that joins.
  let initialNames: [String]?
  let board: StatusBoard
  let time: ClusterTime
  let log: @Sendable (LogLine) -> Void
  /// Answers the node's thread in the stead of a peer that was not reached.
  let answer: @Sendable (NodeID, [PeerMessage]) -> Void
  /// A member has proved that this node was removed.
  let onRemoval: @Sendable (NodeID) -> Void
  /// A member may have moved: others may know where it is.
  let onLoss: @Sendable () -> Void

  /// Bytes per second that a usable link carries at the least.
  let slowestLink: Int

  /// How long an answer may take beyond the way of the bytes before it; it says only that a request
  /// has come in.
  let answerTimeout = Duration.seconds(2)
  /// How long a connection without requests is used again. Less than the time after which a server
  /// closes it (``Timeouts/idle``): a request must not meet its closing.
  let idleTimeout = Duration.seconds(60)
  let retryPause = Duration.milliseconds(50)

  /// How long to wait for the next answer while so many bytes are on their way.
  func allowance(for bytes: Int) -> Duration {
    answerTimeout + .seconds(Double(bytes) / Double(slowestLink))
  }

  /// Connects to the first address that answers.
  func connect(
    to addresses: [HostPort]
  ) async throws -> (connection: ClientConnection, address: HostPort) {
    var failure: any Error = ClientError.notSent
    for address in addresses {
      do {
        let connection = try await ClientConnection.connect(
          to: address.host, port: address.port, within: .seconds(1))
        return (connection, address)
      } catch { failure = error }
    }
    throw failure
  }

  /// A request with messages, which are separated by commas.
  func request(_ messages: [UInt8], to peer: NodeID) -> ClientRequest {
    var body: [UInt8] = []
    body.reserveCapacity(messages.count + 256)
    body.append("{")
    var identity = identity(to: peer)
    (identity.clock, identity.time) = (time.own, time.known)
    body.appendFields(of: identity)
    body.append(",\"messages\":[")
    body.append(contentsOf: messages)
    body.append("]}")
    return request("/raft/messages", body)
  }

  func request(
    _ path: String, _ body: [UInt8], as type: ContentType = .json
  ) -> ClientRequest {
    var request = ClientRequest(.post, path, contentType: type, body: body)
    request.answerBytes = PeerLimits.answerBytes
    if let token { request.addHeader("Authorization", token.authorization) }
    return request
  }

  /// Tells the node's thread of what was forwarded to a peer and never reached it.
  func lose(_ messages: PendingMessages, to peer: NodeID) {
    if messages.forwarded.isEmpty { return }
    answer(
      peer, messages.forwarded.map { .forwarded(first: $0.lowerBound, count: $0.count, .notNow) })
  }

  /// A peer was not reached. Who leads, or might, has to be answered: others may know that it has
  /// moved. A leader needs no such help, since a member that it does not reach comes to it.
  func noteUnreached(_ peer: NodeID) {
    let status = board.present
    if status.role != .leader, status.leader == nil || status.leader == peer { onLoss() }
  }

  /// Whether a peer's answer shows that this node was removed: anything may answer at its address.
  func provesRemoval(_ answer: ClientResponse, by peer: NodeID) -> Bool {
    guard answer.status == .gone,
      let proof = answer.header("x-mini-etcd-removed").flatMap({ UInt64(hex: $0) })
    else { return false }
    return RemovalProof.isValid(proof, to: identity(to: peer), of: board.present.roster)
  }

  func identity(to peer: NodeID) -> PeerIdentity {
    let cluster = board.present.roster.cluster
    return PeerIdentity(
      cluster: cluster, from: id, incarnation: incarnation, to: peer,
      initialNames: cluster == nil ? initialNames : nil)
  }
}
