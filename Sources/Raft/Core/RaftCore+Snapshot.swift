public import Store

// What to do when the log is gone (paper, section 7).

extension RaftCore {
  /// A snapshot of this node's own is durable: drops the log it covers, except for the last `kept`
  /// entries, for followers that are only a little behind.
  /// - Returns: what was dropped, and maybe more, for the caller to free where that delays nothing.
  @discardableResult
  public mutating func compact(
    behind snapshot: SnapshotMetadata, keeping kept: UInt64
  ) -> [Entry] {
    guard snapshot.position.index <= commitIndex else { return [] }
    return log.compact(behind: snapshot, keeping: kept)
  }

  /// Up to here the log is committed and, as this leader knows, durable on every member, so no
  /// member will ever ask for it. A node that does not lead knows that of nothing.
  public var sharedIndex: LogIndex {
    guard let leadership else { return log.base.index }
    return leadership.peers.reduce(min(commitIndex, persistence.durableIndex)) {
      min($0, $1.matchIndex)
    }
  }

  /// Drops the entries up to `index`, which must not be beyond ``sharedIndex``, except for the last
  /// `kept`.
  ///
  /// Only a member that joins later can need them. It gets a snapshot that is newer, for which
  /// ``Effects/needsSnapshot`` asks.
  /// - Returns: as ``compact(behind:keeping:)``.
  @discardableResult
  public mutating func drop(through index: LogIndex, keeping kept: UInt64) -> [Entry] {
    log.drop(through: index, keeping: kept)
  }

  /// The transport has brought the snapshot to a peer, or could not. It has to say so once for each
  /// ``Message/Content/installSnapshot(_:round:)``: meanwhile the peer is sent nothing else.
  ///
  /// What the peer made of it is asked by a probe, after it next answers a heartbeat: a failure
  /// must not be repeated without a pause, and after a success its own reply is on its way.
  public mutating func snapshotSent(to node: NodeID, succeeded: Bool) {
    guard let peer = peers.firstIndex(where: { $0.id == node }),
      case .snapshot = peers[peer].state
    else { return }
    leadership?.peers[peer].snapshotSent(succeeded: succeeded)
  }

  mutating func sendSnapshot(to peer: inout Progress, round: UInt64) {
    let snapshot = log.snapshot
    // Useless while the peer is away; it answers heartbeats when it is back.
    guard isActive(peer) else { return }
    // The log must go on where it ends.
    guard snapshot.position.index >= log.base.index else {
      effects.needsSnapshot = true
      return
    }
    peer.sending(snapshot.position.index)
    sendNow(.installSnapshot(snapshot, round: round), to: peer.id)
  }

  /// Takes the leader's snapshot, unless this node has all that and more.
  mutating func receive(_ snapshot: SnapshotMetadata, round: UInt64, from leader: NodeID) {
    let position = snapshot.position
    if position.index <= commitIndex {
      return send(acceptance(commitIndex, round: round), to: leader)
    }
    if log.holds(position) {
      // The entries are all here, so are those behind them: only the commit is news.
      commit(upTo: position.index)
    } else {
      install(snapshot)
    }
    send(acceptance(position.index, round: round), to: leader)
  }

  /// Forgets the whole log: it ends before the snapshot, or contradicts it.
  private mutating func install(_ snapshot: SnapshotMetadata) {
    log = RaftLog(snapshot: snapshot, entries: [])
    persistence.replaced(by: snapshot.position)
    membership = snapshot.membership
    commitIndex = snapshot.position.index
    membershipIndex = commitIndex
    effects.snapshot = snapshot
    handedToApply = commitIndex
  }
}
