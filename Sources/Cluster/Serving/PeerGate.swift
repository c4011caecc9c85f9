import Bytes
import HTTP
import Raft
import Replication
import Store
import Synchronization
import Token

/// Lets in what other members of this cluster say to this node, and nothing else.
///
/// Everything is looked at before anything is believed: a request that is refused has changed
/// nothing.
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
/// A page in a browser on this machine can post `text/plain` to any address without asking, and
/// cannot leave out `Origin`. So neither content type nor origin proves anything of a program, and
/// both keep pages out.
struct PeerGate: Sendable {
  let token: ClusterToken?
  let initialNames: [String]?
  let board: StatusBoard
  let log: @Sendable (LogLine) -> Void
  /// Called when a sender is refused that is not known as a member.
  private let onStranger: @Sendable () -> Void
  private let complaints = Complaints()

  init(
    token: ClusterToken?, initialNames: [String]?, board: StatusBoard,
    log: @escaping @Sendable (LogLine) -> Void, onStranger: @escaping @Sendable () -> Void
  ) {
    self.token = token
    self.initialNames = initialNames
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
    guard let objection = status.objection(to: identity, initialNames: initialNames) else { return }
    let known = status.record(of: identity.from)
    let sender = known.flatMap { $0.name.isEmpty ? nil : $0.name } ?? identity.from.hex
    let code: Status
    if case .removed(let cluster) = objection {
      let proof = RemovalProof.make(by: status.incarnation, in: cluster, for: identity)
      response.addHeader("X-Mini-Etcd-Removed", hex: proof)
      code = .gone
    } else {
      code = .forbidden
    }
    if objection == .unknown { onStranger() }
    let reason = words(objection, identity, status, sender)
    if complaints.isNew(reason) {
      log(.warn("refused_peer", ["from": sender, "reason": reason]))
    }
    throw HTTPError(code, reason)
  }

  private func words(
    _ objection: PeerObjection, _ identity: PeerIdentity, _ status: NodeStatus, _ sender: String
  ) -> String {
    switch objection {
    case .misdirected: "this is \(status.name), \(status.id.hex), not \(identity.to.hex)"
    case .ownID: "\(status.name) speaks to itself, or another node has its name"
    case .otherCluster(let other, let own):
      "this is cluster \(NodeID(own).hex), not \(NodeID(other).hex)"
    case .otherInitialMembers(let others, let own):
      "-peers contradict each other: \(status.name) is to be one of "
        + "\(own.joined(separator: ",")), not \(others.joined(separator: ","))"
    case .removed: "\(identity.from.hex) was removed from the cluster"
    case .unknown: "\(identity.from.hex) is not a member that \(status.name) knows"
    case .lostMemory:
      "\(sender) has lost its memory: remove it and add it again as a new member"
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

/// What was complained of: each thing is worth one line. Its hash is kept, for a peer has a say in
/// how long it is.
private final class Complaints: Sendable {
  private static let limit = 1_000
  private let reasons = Mutex<Set<Int>>([])

  func isNew(_ reason: String) -> Bool {
    reasons.withLock { $0.count < Self.limit && $0.insert(reason.hashValue).inserted }
  }
}
