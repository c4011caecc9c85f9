import Raft

/// Why a node does not listen to what another says. Nothing of it is believed then.
package enum PeerObjection: Hashable {
  /// It is for another node.
  case misdirected
  /// It comes from a node of this very id.
  case ownID
  /// It is of this other cluster, not of this one's.
  case otherCluster(UInt64, own: UInt64)
  /// The sender is about to bootstrap a cluster of these members, this node one of its own.
  case otherInitialMembers([String], own: [String])
  /// The sender was removed, and is not the leader that this node still follows.
  case removed(from: UInt64)
  /// The sender is not known as a member: see ``NodeStatus/record(of:)``.
  case unknown
  /// The sender came back without its memory.
  case lostMemory
}

extension NodeStatus {
  /// Why this node must not listen to a sender; nil if it may.
  ///
  /// - Parameter initialNames: of the members of the cluster that this node bootstraps;
  ///   see ``PeerIdentity``.
  package func objection(to sender: PeerIdentity, initialNames: [String]?) -> PeerObjection? {
    if sender.to != id { return .misdirected }
    if sender.from == id { return .ownID }
    if let own = roster.cluster, let other = sender.cluster, own != other {
      return .otherCluster(other, own: own)
    }
    // Once there is a cluster, flags count no more.
    if roster.cluster == nil, let initialNames, let others = sender.initialNames,
      others != initialNames
    {
      return .otherInitialMembers(others, own: initialNames)
    }
    guard let known = record(of: sender.from) else {
      if let cluster = roster.cluster, roster.removed.contains(sender.from) {
        return .removed(from: cluster)
      }
      return .unknown
    }
    if let incarnation = known.incarnation, incarnation != sender.incarnation { return .lostMemory }
    return nil
  }
}
