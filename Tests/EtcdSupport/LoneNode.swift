public import EtcdV2
public import Store

/// The cluster of one: it leads itself, in the one term there is, and its log is committed as far
/// as it is applied.
public struct LoneNode: ClusterView {
  public let clusterID: UInt64
  private let member: Member
  private let store: KeyValueStore
  private let startTime: Timestamp

  /// - Parameters:
  ///   - clusterID: the data directory's; it must not change with a restart.
  ///   - member: the node itself.
  ///   - startTime: when the program was started.
  public init(clusterID: UInt64, member: Member, store: KeyValueStore, startTime: Timestamp) {
    self.clusterID = clusterID
    self.member = member
    self.store = store
    self.startTime = startTime
  }

  public var term: Term { Term(1) }
  public var raftIndex: LogIndex { store.appliedIndex }
  public var members: [Member] { [member] }
  public var leader: Member? { member }
  public var followers: [FollowerStatistics]? { [] }

  public func mayChangeMembers(authorization: ArraySlice<UInt8>?) -> Bool { true }

  private static let alone = MembershipError.refused("a node started without peers has no others")

  public func addMember(peerURLs: [String]) async throws(MembershipError) -> Member {
    if peerURLs.contains(where: member.peerURLs.contains) { throw .peerURLExists }
    throw Self.alone
  }

  public func removeMember(_ id: UInt64) async throws(MembershipError) {
    throw id == member.id ? Self.alone : .notFound
  }

  public func updateMember(_ id: UInt64, peerURLs: [String]) async throws(MembershipError) {
    throw id == member.id ? Self.alone : .notFound
  }

  public var nodeStatistics: NodeStatistics {
    NodeStatistics(
      name: member.name, id: member.id, role: .leader, startTime: startTime, leader: member.id,
      leaderSince: startTime, receivedAppends: 0, sentAppends: 0)
  }
}
