public import EtcdV2
import HTTP
import Raft
import Replication
public import Store
import Synchronization
import Token

/// What etcd's v2 API wants to know of the cluster, and may ask of it.
extension ClusterNode: ClusterView {
  public var clusterID: UInt64 { board.clusterID.load(ordering: .relaxed) }
  public var term: Term { Term(board.term.load(ordering: .relaxed)) }
  public var raftIndex: LogIndex { LogIndex(board.commitIndex.load(ordering: .relaxed)) }

  public var members: [Member] { status.roster.members.map(Member.init) }

  public var leader: Member? {
    let status = status
    return status.leader.flatMap { status.roster[$0] }.map(Member.init)
  }

  public func mayChangeMembers(authorization: ArraySlice<UInt8>?) -> Bool {
    settings.token?.matches(authorization) ?? true
  }

  public func addMember(peerURLs: [String]) async throws(MembershipError) -> Member {
    let record = MemberRecord(id: NodeID(.random(in: 1 ... .max)), name: "", urls: peerURLs)
    try check(record)
    try await change(.add(record))
    return Member(record)
  }

  public func removeMember(_ id: UInt64) async throws(MembershipError) {
    _ = try known(id)
    try await change(.remove(NodeID(id)))
  }

  public func updateMember(_ id: UInt64, peerURLs: [String]) async throws(MembershipError) {
    var record = try known(id)
    record.urls = peerURLs
    try check(record)
    try await change(.describe(record))
  }

  private func known(_ id: UInt64) throws(MembershipError) -> MemberRecord {
    let roster = status.roster
    if let record = roster[NodeID(id)] { return record }
    throw roster.removed.contains(NodeID(id)) ? .removed : .notFound
  }

  private func check(_ record: MemberRecord) throws(MembershipError) {
    if let excess = record.excess { throw .invalid(excess) }
    let others = status.roster.members.filter { $0.id != record.id }
    if others.contains(where: { !Set($0.urls).isDisjoint(with: record.urls) }) {
      throw .peerURLExists
    }
  }

  private func change(_ operation: Operation) async throws(MembershipError) {
    do { _ = try await propose(operation) } catch { throw .failed("\(error)") }
  }

  // MARK: Statistics

  public var nodeStatistics: NodeStatistics {
    let status = status
    let role: NodeStatistics.Role =
      switch status.role {
      case .leader: .leader
      case .follower: .follower
      case .preCandidate, .candidate: .candidate
      }
    return NodeStatistics(
      name: status.name, id: status.id.rawValue, role: role, startTime: status.startTime,
      leader: status.leader?.rawValue, leaderSince: status.leaderSince,
      receivedAppends: status.counts.appendsReceived, sentAppends: status.counts.appendsSent)
  }

  public var followers: [EtcdV2.FollowerStatistics]? {
    let status = status
    guard status.role == .leader else { return nil }
    return status.followers.map { follower in
      let figures = transport.roundTrips(to: follower.id)?.figures ?? RoundTrips.Figures()
      return FollowerStatistics(
        id: follower.id.rawValue,
        latency: .init(
          current: figures.latest, average: figures.average,
          standardDeviation: figures.standardDeviation, minimum: figures.shortest,
          maximum: figures.longest),
        successes: figures.successes, failures: figures.failures)
    }
  }
}

extension Member {
  /// Members and clients reach a node in the same place, unless it says otherwise.
  fileprivate init(_ record: MemberRecord) {
    self.init(
      id: record.id.rawValue, name: record.name, peerURLs: record.urls,
      clientURLs: record.name.isEmpty
        ? [] : record.clientURLs.isEmpty ? record.urls : record.clientURLs)
  }
}
