import HTTP
import JSON
import Raft
import Store
import Synchronization
import Token

/// Lets in what other members of this cluster say to this node, and nothing else.
///
/// Everything is looked at before anything is believed: a request that is refused has changed nothing.
///
/// | why not | answer |
/// | --- | --- |
/// | the token is missing or wrong | 401 |
/// | it cannot be understood, or its numbers are absurd | 400 |
/// | it is for another node, or of another cluster | 403 |
/// | its sender is about to found a cluster of other members | 403 |
/// | its sender came back without its memory | 403 |
/// | its sender was removed | 410 |
struct PeerGate: Sendable {
  let token: ClusterToken?
  let founders: [String]?
  let board: StatusBoard
  let log: @Sendable (String) -> Void
  private let complaints = Complaints()

  init(
    token: ClusterToken?, founders: [String]?, board: StatusBoard,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.token = token
    self.founders = founders
    self.board = board
    self.log = log
  }

  /// Whether the request carries the token, if there is one.
  func checkToken(of request: Request) throws(HTTPError) {
    guard let token, !token.matches(request.header("authorization")) else { return }
    throw HTTPError(.unauthorized, "the cluster's token is missing or wrong")
  }

  /// Whether the sender may speak to this node.
  func check(_ identity: PeerIdentity) throws(HTTPError) {
    let status = board.present
    let sender = status.roster.name(of: identity.from)
    func refuse(_ code: Status, _ reason: String) -> HTTPError {
      if complaints.isNew(reason) {
        log("event=refused_peer from=\(sender) reason=\(quoted(reason))")
      }
      return HTTPError(code, reason)
    }
    if identity.to != status.id {
      throw refuse(.forbidden, "this is \(status.name), \(status.id.hex), not \(identity.to.hex)")
    }
    if identity.from == status.id {
      throw refuse(.forbidden, "\(status.name) speaks to itself, or another node has its name")
    }
    if let own = status.roster.cluster, let other = identity.cluster, own != other {
      throw refuse(
        .forbidden, "this is cluster \(NodeID(own).hex), not \(NodeID(other).hex)")
    }
    if status.roster.cluster == nil, let founders {
      try compare(founders, with: identity, at: status, refuse)
    }
    if status.roster.removed.contains(identity.from) {
      throw refuse(.gone, "\(identity.from.hex) was removed from the cluster")
    }
    if let known = status.roster[identity.from]?.incarnation, known != identity.incarnation {
      throw refuse(
        .forbidden, "\(sender) has lost its memory: remove it and add it again as a new member")
    }
  }

  /// Before this node has learned of a cluster: whether the sender was told of the same members.
  private func compare(
    _ founders: [String], with sender: PeerIdentity, at status: NodeStatus,
    _ refuse: (Status, String) -> HTTPError
  ) throws(HTTPError) {
    if let others = sender.founders, others != founders {
      let (ours, theirs) = (founders.joined(separator: ","), others.joined(separator: ","))
      throw refuse(
        .forbidden,
        "-peers contradict each other: \(status.name) is to be one of \(ours), not \(theirs)")
    }
    if !founders.contains(where: { NodeID(founder: $0) == sender.from }) {
      // Not refused: it may well lead by now.
      let reason = "it is not among -peers: it has joined since, or -peers contradict each other"
      if complaints.isNew(reason) {
        log("event=stranger from=\(sender.from.hex) reason=\(quoted(reason))")
      }
    }
  }

  /// Whether a term may be meant seriously.
  func check(_ term: Term) throws(HTTPError) {
    if term.rawValue > board.present.term.rawValue + PeerLimits.termLeap {
      throw HTTPError(.badRequest, "term \(term) is absurd")
    }
  }
}

/// What was complained of: each thing is worth one line.
private final class Complaints: Sendable {
  private static let limit = 1_000
  private let reasons = Mutex<Set<String>>([])

  func isNew(_ reason: String) -> Bool {
    reasons.withLock { $0.count < Self.limit && $0.insert(reason).inserted }
  }
}
