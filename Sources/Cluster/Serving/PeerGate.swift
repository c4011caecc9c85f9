import HTTP
import Raft
import Store
import Synchronization
import Token

/// Lets in what other members of this cluster say to this node, and nothing else.
///
/// Everything is looked at before anything is believed: a request that is refused has changed nothing.
///
/// | reason | answer |
/// | --- | --- |
/// | it has an Origin header: a web page sent it | 403 |
/// | the token is missing or wrong | 401 |
/// | its content type is not the endpoint's | 415 |
/// | it cannot be understood, or a number in it is out of range | 400 |
/// | it is for another node, or of another cluster | 403 |
/// | its sender is about to found a cluster of other members | 403 |
/// | its sender was removed, and is not the leader this node still follows | 410, with a ``RemovalProof`` |
/// | its sender is not known as a member, see ``NodeStatus/record(of:)`` | 403 |
/// | its sender came back without its memory | 403 |
///
/// A page in a browser on this machine can post `text/plain` to any address without asking, and cannot
/// leave out `Origin`. So neither content type nor origin proves anything of a program, and both keep
/// pages out.
struct PeerGate: Sendable {
  let token: ClusterToken?
  let founders: [String]?
  let board: StatusBoard
  let log: @Sendable (String) -> Void
  /// Called when a sender is refused that is not known as a member.
  private let onStranger: @Sendable () -> Void
  private let complaints = Complaints()

  init(
    token: ClusterToken?, founders: [String]?, board: StatusBoard,
    log: @escaping @Sendable (String) -> Void, onStranger: @escaping @Sendable () -> Void
  ) {
    self.token = token
    self.founders = founders
    self.board = board
    self.log = log
    self.onStranger = onStranger
  }

  /// Checks what can be said of a request before its body is read: its origin, its token, its type.
  func admit(_ request: Request, as type: ContentType) throws(HTTPError) {
    if request.header("origin") != nil {
      throw HTTPError(.forbidden, "web pages must not post to \(request.path.text)")
    }
    if let token, !token.matches(request.header("authorization")) {
      throw HTTPError(.unauthorized, "the cluster's token is missing or wrong")
    }
    guard request.hasMediaType(type) else {
      throw HTTPError(.unsupportedMediaType, "the content type must be \(type.text)")
    }
  }

  /// Whether the sender may speak to this node.
  /// - Parameter response: gets the proof if the sender was removed.
  func check(_ identity: PeerIdentity, _ response: Response) throws(HTTPError) {
    let status = board.present
    let known = status.record(of: identity.from)
    let sender = known.flatMap { $0.name.isEmpty ? nil : $0.name } ?? identity.from.hex
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
    if known == nil, let cluster = status.roster.cluster,
      status.roster.removed.contains(identity.from)
    {
      let proof = RemovalProof.make(by: status.incarnation, in: cluster, for: identity)
      response.addHeader(RemovalProof.header, hex: proof)
      throw refuse(.gone, "\(identity.from.hex) was removed from the cluster")
    }
    guard let known else {
      onStranger()
      throw refuse(.forbidden, "\(identity.from.hex) is not a member that \(status.name) knows")
    }
    if let incarnation = known.incarnation, incarnation != identity.incarnation {
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
  }

  /// Whether a term can be one that elections have led to.
  func check(_ term: Term) throws(HTTPError) {
    let current = board.present.term
    if term.rawValue > current.rawValue + PeerLimits.termLeap {
      throw HTTPError(.badRequest, "term \(term) is implausibly far ahead of term \(current)")
    }
  }
}

extension Request {
  /// Whether the body is said to be of this type, whatever the type's parameters.
  func hasMediaType(_ type: ContentType) -> Bool {
    let said = (header("content-type") ?? []).prefix { !" \t;".utf8.contains($0) }
    return said.text.lowercased() == "\(type.text)"
  }
}

extension ContentType {
  /// Of the pieces of a snapshot.
  static let octets = ContentType("application/octet-stream")
}

extension ArraySlice<UInt8> {
  /// For people.
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}

/// What was complained of: each thing is worth one line.
private final class Complaints: Sendable {
  private static let limit = 1_000
  private let reasons = Mutex<Set<String>>([])

  func isNew(_ reason: String) -> Bool {
    reasons.withLock { $0.count < Self.limit && $0.insert(reason).inserted }
  }
}
