public import Store

/// What a node must not forget, beside its log (Raft paper, figure 2, "persistent state").
public struct HardState: Hashable, Sendable {
  /// The latest term this node has seen; it never falls.
  public var term: Term
  /// The candidate it voted for in that term, if any.
  public var vote: NodeID?
  /// How much of the log it knew to be committed.
  ///
  /// The paper keeps this in memory only. Here it is written along with every batch of entries,
  /// because membership is taken from the committed prefix: see ``Membership``. A change of this
  /// alone is written only when it brings another membership into force.
  public var commitIndex: LogIndex

  public init(term: Term, vote: NodeID?, commitIndex: LogIndex) {
    self.term = term
    self.vote = vote
    self.commitIndex = commitIndex
  }

  /// The state of a new node.
  public static let initial = HardState(term: .zero, vote: nil, commitIndex: .zero)
}

/// What a snapshot stands for: the state after every entry up to a position.
public struct SnapshotMetadata: Hashable, Sendable {
  /// The last entry it covers.
  public var position: LogPosition
  /// Who the members were at that position.
  public var membership: Membership

  public init(position: LogPosition, membership: Membership) {
    self.position = position
    self.membership = membership
  }
}

/// What a node finds on its disk when it starts.
public struct RestoredState: Hashable, Sendable {
  /// As last written.
  public var hardState: HardState
  /// The newest durable snapshot. A log that was never compacted has one at ``LogPosition/zero``,
  /// which says who the first members were.
  public var snapshot: SnapshotMetadata
  /// What follows the snapshot, without a gap; entries it already covers are allowed and dropped.
  public var entries: [Entry]
  /// Whether all of that is on the disk for certain. If not, the node vouches for nothing of it
  /// before ``RaftCore/persisted(through:)`` names batch 0, or a later one.
  public var isDurable = true

  public init(hardState: HardState, snapshot: SnapshotMetadata, entries: [Entry]) {
    self.hardState = hardState
    self.snapshot = snapshot
    self.entries = entries
  }

  /// An empty disk, and the first members: all nodes have to be given the same.
  public static func empty(members: Membership) -> RestoredState {
    RestoredState(
      hardState: .initial, snapshot: SnapshotMetadata(position: .zero, membership: members),
      entries: [])
  }
}
