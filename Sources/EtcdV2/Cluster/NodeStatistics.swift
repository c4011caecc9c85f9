public import Store

/// A node's statistics, for `/v2/stats/self`.
public struct NodeStatistics: Hashable, Sendable {
  /// A node's role, by etcd's names.
  public enum Role: String, Hashable, Sendable {
    case leader = "StateLeader"
    case follower = "StateFollower"
    case candidate = "StateCandidate"
  }

  public var name: String
  public var id: UInt64
  public var role: Role
  /// When the node was started.
  public var startTime: Timestamp
  /// The leader it follows, possibly itself; nil during an election.
  public var leader: UInt64?
  /// Since when that leader leads, as far as this node knows.
  public var leaderSince: Timestamp
  /// How many AppendEntries it has received, and sent.
  public var receivedAppends: Int
  public var sentAppends: Int

  public init(
    name: String, id: UInt64, role: Role, startTime: Timestamp, leader: UInt64?,
    leaderSince: Timestamp, receivedAppends: Int, sentAppends: Int
  ) {
    self.name = name
    self.id = id
    self.role = role
    self.startTime = startTime
    self.leader = leader
    self.leaderSince = leaderSince
    self.receivedAppends = receivedAppends
    self.sentAppends = sentAppends
  }
}

/// How one follower keeps up, for the leader's `/v2/stats/leader`.
public struct FollowerStatistics: Hashable, Sendable {
  public var id: UInt64
  /// The latency of requests to the follower, from sending to the reply, in milliseconds.
  public var latency: Latency
  /// The number of requests that succeeded, and of those refused or not answered.
  public var successes: Int
  public var failures: Int

  /// Latencies in milliseconds.
  public struct Latency: Hashable, Sendable {
    public var current: Double
    public var average: Double
    public var standardDeviation: Double
    public var minimum: Double
    public var maximum: Double

    public init(
      current: Double, average: Double, standardDeviation: Double, minimum: Double, maximum: Double
    ) {
      self.current = current
      self.average = average
      self.standardDeviation = standardDeviation
      self.minimum = minimum
      self.maximum = maximum
    }
  }

  public init(id: UInt64, latency: Latency, successes: Int, failures: Int) {
    self.id = id
    self.latency = latency
    self.successes = successes
    self.failures = failures
  }
}
