import Bytes
import HTTP
import Raft
import Replication

/// How a member proves to another node that the cluster has removed it.
///
///     HTTP/1.1 410 Gone
///     X-Mini-Etcd-Removed: 5d3f9c1e0a7b2468
///
/// Any server that happens to have a peer's address can answer 410, and a node that believed it
/// would end. So the answer carries a hash of the two nodes' ids and the removed node's
/// incarnation, under a key that is known to members only: the cluster's id and the incarnation of
/// the member that says so. The hash gives away neither, to none who asks, and repeating it does no
/// harm: a node that was removed stays removed.
enum RemovalProof {
  static let header: StaticString = "X-Mini-Etcd-Removed"
  private static let soughtHeader: StaticString = "x-mini-etcd-removed"

  /// - Parameters:
  ///   - incarnation: of the member that gives the proof.
  ///   - removed: the request's identity, to which it is given.
  static func make(by incarnation: UInt64, in cluster: UInt64, for removed: PeerIdentity) -> UInt64
  {
    SipHash.hash(
      [removed.to.rawValue, removed.from.rawValue, removed.incarnation],
      key: (incarnation, cluster))
  }

  /// Whether an answer has a proof, right or wrong.
  static func isClaimed(in answer: ClientResponse) -> Bool {
    answer.header(soughtHeader).flatMap { UInt64(hex: $0) } != nil
  }

  /// Whether an answer holds the proof for a request with this identity, by the member it went to.
  ///
  /// - Parameter roster: by which that member, its incarnation and the cluster are known.
  static func isGiven(
    in answer: ClientResponse, to request: PeerIdentity, of roster: Roster
  ) -> Bool {
    guard answer.status == .gone, let cluster = roster.cluster,
      let incarnation = roster[request.to]?.incarnation, let value = answer.header(soughtHeader)
    else { return false }
    return UInt64(hex: value) == make(by: incarnation, in: cluster, for: request)
  }
}
