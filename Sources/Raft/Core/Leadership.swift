import Store

/// What a node holds while it leads a term, and at no other time.
///
/// It is made when an election is won and dropped whole when the node follows again. So nothing
/// that belongs to one term's leadership can be taken for another's, and a follower knows nothing
/// of the others' progress.
public struct Leadership: Hashable, Sendable {
  /// One for each other member, in ascending order of their ids.
  public internal(set) var peers: [Progress] = []
  /// Counts the leader's broadcasts in its term. Matching replies by a number of the leader's own,
  /// not by a name the client chose, keeps late replies from confirming later reads.
  private(set) var round: UInt64 = 0
  /// Ticks since the last broadcast.
  var heartbeatElapsed = 0
  var reads = ReadQueue()
  var transfer: Transfer?
  /// Set when this leader's own removal has come into force.
  var leave: Leave?
  /// No change of membership is proposed until this index is committed.
  var pendingChangeIndex: LogIndex
  /// The bytes proposed or inherited, and not committed.
  var uncommittedBytes: Int

  init(pendingChangeIndex: LogIndex, uncommittedBytes: Int) {
    self.pendingChangeIndex = pendingChangeIndex
    self.uncommittedBytes = uncommittedBytes
  }

  /// Replies to what is sent from here on are told from replies to what was sent before.
  @discardableResult
  mutating func beginRound() -> UInt64 {
    round += 1
    return round
  }

  /// Keeps progress for exactly these members, all but the leader itself. What is known of those
  /// that stay is kept; those that are new are expected to have everything before `nextIndex`.
  mutating func follow(
    _ membership: Membership, except leader: NodeID, nextIndex: LogIndex, now: UInt64
  ) {
    peers.removeAll { !membership.contains($0.id) }
    for peer in peers.indices { peers[peer].isVoter = membership.isVoter(peers[peer].id) }
    for member in membership.voters + membership.learners where member != leader {
      guard !peers.contains(where: { $0.id == member }) else { continue }
      let peer = Progress(
        id: member, isVoter: membership.isVoter(member), nextIndex: nextIndex, now: now,
        round: round)
      peers.insert(peer, at: peers.firstIndex { $0.id > member } ?? peers.endIndex)
    }
  }

  /// Calls all nodes by other names.
  mutating func rename(_ renaming: Renaming) {
    for peer in peers.indices { peers[peer].id = renaming(peers[peer].id) }
    peers.sort { $0.id < $1.id }
    if let target = transfer?.target { transfer?.target = renaming(target) }
    if let successor = leave?.successor { leave?.successor = renaming(successor) }
  }
}
