import Raft

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
package enum RemovalProof {
  /// - Parameters:
  ///   - incarnation: of the member that gives the proof.
  ///   - removed: the request's identity, to which it is given.
  package static func make(by incarnation: UInt64, in cluster: UInt64, for removed: PeerIdentity)
    -> UInt64
  {
    SipHash.hash(
      [removed.to.rawValue, removed.from.rawValue, removed.incarnation],
      key: (incarnation, cluster))
  }

  /// Whether a proof is that of the member to which a request with this identity went.
  ///
  /// If this node's log ends before that member made itself known, there is nothing by which to
  /// check the proof: that there is one must do. More than half of the voters have to give one in
  /// any case, see ``RemovalEvidence``.
  ///
  /// - Parameter roster: by which the member, its incarnation and the cluster are known.
  package static func isValid(
    _ proof: UInt64, to request: PeerIdentity, of roster: Roster
  ) -> Bool {
    guard let cluster = roster.cluster, let incarnation = roster[request.to]?.incarnation else {
      return true
    }
    return proof == make(by: incarnation, in: cluster, for: request)
  }
}
