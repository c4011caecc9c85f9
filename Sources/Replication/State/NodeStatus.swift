public import Raft
public import Store
package import Synchronization

/// What a node is and how far it has come, as others may see it.
public struct NodeStatus: Sendable {
  public let id: NodeID
  public let name: String
  public let incarnation: UInt64
  public internal(set) var roster: Roster
  /// Members that this node was told of and that its roster does not name yet: by its flags before
  /// it has a roster, by the log it found at its start, or by other members; and a leader that was
  /// removed and is still followed.
  package var unlistedMembers: [MemberRecord]
  /// What this node's log said of members when it was opened, committed or not: an entry that is
  /// not applied yet may be all that tells a member from one that has lost its memory.
  var foreseenIncarnations: [NodeID: UInt64] = [:]
  public internal(set) var membership: Membership
  public internal(set) var role = Role.follower
  public internal(set) var term: Term
  /// The leader this node follows; itself if it leads; nil during an election.
  public internal(set) var leader: NodeID?
  public internal(set) var lastIndex = LogIndex.zero
  public internal(set) var commitIndex = LogIndex.zero
  public internal(set) var appliedIndex = LogIndex.zero
  /// Since the start: how often another leader was recognised.
  public internal(set) var leaderChanges = 0
  /// When the present leader was recognised.
  public internal(set) var leaderSince: Timestamp
  public internal(set) var startTime: Timestamp
  /// Operations of clients that are not answered yet.
  public internal(set) var waitingProposals = 0
  public internal(set) var counts = NodeCounts()
  /// On a leader: how far each other member is.
  public internal(set) var followers: [FollowerStatus] = []
  /// Why nothing can be written just now; nil when it can.
  public internal(set) var unavailableReason: String?
  /// Whether what Raft asked for could not be written for lack of space.
  public internal(set) var isDiskFull = false
  /// The length of the file with the newest snapshot; 0 without one.
  public internal(set) var snapshotBytes: UInt64 = 0
  /// The latest changes of role, term, vote and leader, oldest first; the last is the present one.
  public internal(set) var standingChanges: [StandingChange] = []

  package static let diskFull = "the disk is full"
  package static let starting = "this node has started and is not up to date yet"
}

extension NodeStatus {
  /// What is known of a member, applied or not; nil if this node has no reason to take `id` for
  /// one.
  package func record(of id: NodeID) -> MemberRecord? {
    guard var record = roster[id] ?? unlistedMembers.first(where: { $0.id == id }) else {
      return nil
    }
    record.incarnation = record.incarnation ?? foreseenIncarnations[id]
    return record
  }
}

/// What a node has done since it was started.
public struct NodeCounts: Hashable, Sendable {
  public internal(set) var proposals = 0
  public internal(set) var failedProposals = 0
  public internal(set) var appendsSent = 0
  public internal(set) var appendsReceived = 0
  public internal(set) var snapshotsWritten = 0
  public internal(set) var snapshotsInstalled = 0
}

/// How far a member is, as its leader knows.
public struct FollowerStatus: Hashable, Sendable {
  public let id: NodeID
  public let matchIndex: LogIndex
  public let isVoter: Bool
  /// Heard of within the last election timeout.
  public let isActive: Bool
}

/// Where the node's thread publishes its status, for any thread to read.
package final class StatusBoard: Sendable {
  private let status: Mutex<NodeStatus>
  /// This node is the only member and holds all there is: no read needs to ask anybody.
  package let isAlone = Atomic(false)
  /// The store may be served: see ``Replica/seeToStart()``.
  package let isStarted = Atomic(false)

  /// The same as in the status, for what every answer tells: the status is large, and a copy of it
  /// has many references to be counted.
  package let clusterID = Atomic<UInt64>(0)
  package let term = Atomic<UInt64>(0)
  package let commitIndex = Atomic<UInt64>(0)
  /// 0 if this node leads or knows no leader.
  package let otherLeader = Atomic<UInt64>(0)

  package init(_ status: NodeStatus) {
    self.status = Mutex(status)
    update { _ in }
  }

  /// What a node shows before its first turn.
  package convenience init(
    _ node: borrowing RaftNode, _ identity: MemberRecord, _ roster: Roster,
    _ settings: NodeSettings, at time: Timestamp
  ) {
    var status = NodeStatus(
      id: identity.id, name: identity.name, incarnation: identity.incarnation ?? 0,
      roster: roster, unlistedMembers: settings.unlistedMembers,
      membership: node.core.membership, term: node.core.term, leaderSince: time,
      startTime: time)
    for member in settings.unlistedMembers {
      status.foreseenIncarnations[member.id] = member.incarnation
    }
    self.init(status)
  }

  package var present: NodeStatus { status.withLock { $0 } }

  func update(_ change: (inout NodeStatus) -> Void) {
    status.withLock {
      change(&$0)
      clusterID.store($0.roster.cluster ?? 0, ordering: .relaxed)
      term.store($0.term.rawValue, ordering: .relaxed)
      commitIndex.store($0.commitIndex.rawValue, ordering: .relaxed)
      let other = $0.role == .leader ? nil : $0.leader
      otherLeader.store(other?.rawValue ?? 0, ordering: .relaxed)
    }
  }
}
