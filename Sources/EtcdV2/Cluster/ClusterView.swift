public import Store

/// What the v2 API can read and change of the cluster that its store belongs to.
///
/// The API's only way to the outside besides the store: a cluster answers from what its consensus
/// knows. Everything is asked from any thread, and the first three by every request, so they must
/// be cheap.
public protocol ClusterView: Sendable {
  /// Drawn at random once; it never changes while clients are served.
  var clusterID: UInt64 { get }
  /// The current term.
  var term: Term { get }
  /// How far the log is known to be committed.
  var raftIndex: LogIndex { get }

  /// All members, by id.
  var members: [Member] { get }
  /// The member that leads; nil during an election.
  var leader: Member? { get }

  /// Whether a request with this `Authorization` header may change the members.
  func mayChangeMembers(authorization: ArraySlice<UInt8>?) -> Bool
  /// Adds a member that will be reached at these URLs, and returns it with its new id.
  func addMember(peerURLs: [String]) async throws(MembershipError) -> Member
  func removeMember(_ id: UInt64) async throws(MembershipError)
  /// Changes the addresses of a member.
  func updateMember(_ id: UInt64, peerURLs: [String]) async throws(MembershipError)

  /// This node's statistics.
  var nodeStatistics: NodeStatistics { get }
  /// The followers' statistics; nil unless this node leads.
  var followers: [FollowerStatistics]? { get }
}

/// Why the members were not changed.
public enum MembershipError: Error, Hashable, Sendable {
  /// There is no such member.
  case notFound
  /// The member was removed before; its id will not come back.
  case removed
  /// No member may be described so; the reason, for people.
  case invalid(String)
  /// Another member has that URL.
  case peerURLExists
  /// It must not be done, or not now; the reason, for people.
  case refused(String)
  /// It could not be put in order, or may have been or not; the reason, for people.
  case failed(String)
}
