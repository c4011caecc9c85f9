public import Bytes
package import Raft
public import Token
public import WAL

/// What a node is started with.
public struct NodeSettings: Sendable {
  /// `-id`: the node's name.
  public var name = "node1"
  /// The other members' names; none for a node of its own.
  public var peers: [String] = []
  /// Where to reach each member; for this node's own connections it counts more than what the log
  /// says.
  public var addresses: [String: [HostPort]] = [:]
  /// `-advertise-client-urls`: where clients reach this node; none: where the members do.
  public var clientURLs: [String] = []
  /// Whether the cluster runs already, and this node is to be taken in.
  public var joins = false
  /// Shared by all members; nil for none.
  public var token: ClusterToken?
  public var heartbeatInterval = Duration.milliseconds(100)
  /// How long without a word from the leader before a node asks for votes.
  public var electionTimeout = Duration.seconds(1)
  /// How many entries are applied between two snapshots, at the least.
  public var snapshotCount: UInt64 {
    get { nodeOptions.snapshotInterval }
    set { nodeOptions.snapshotInterval = newValue }
  }
  /// How many bytes a log is padded by at a time, so that its syncs are short; 0: it is not.
  public var logPadding = 0
  /// What a snapshot holds beside the store and the members.
  public var sections: [any SnapshotSection] = []
  /// Takes a line about what an operator cares about.
  public var log: @Sendable (LogLine) -> Void = { _ in }
  package var nodeOptions = NodeOptions()
  /// Bytes proposed and not committed: see ``RaftOptions/maxUncommittedBytes``.
  var uncommittedBytes = RaftOptions().maxUncommittedBytes
  /// Bytes of one entry, at the most; the same on all nodes.
  var entryBytes = PeerLimits.entryBytes
  /// Bytes per second that a link between nodes carries at the least: what is large gets time by
  /// that. The same as a server expects of its clients (``Timeouts/bytesPerSecond``).
  package var slowestLink = 64 << 10
  /// Whether the data directory knows of a cluster.
  package var hasMembers = false
  /// The members to begin with, beside those in the roster: see ``NodeStatus/unlistedMembers``.
  package var unlistedMembers: [MemberRecord] = []
  /// Whether nodes that no member has announced may join this one's cluster.
  public var acceptsJoins = false

  public init() {}

  /// What a name must be, for people.
  public static let nameRule = "1 to 64 visible ASCII characters other than , = \\ and \""

  /// Whether a node may be called so: see ``nameRule``.
  public static func isName(_ name: String) -> Bool {
    // The flags name several members in a list, and each with its address.
    Identity.isName(name)
      && !name.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
  }

  package var isAlone: Bool { peers.isEmpty }

  /// Takes over what the log says of the members; without a cluster, the flags count.
  package mutating func begin(with roster: Roster) {
    hasMembers = roster.cluster != nil
    unlistedMembers = hasMembers ? roster.members : initialMembers
  }

  /// In heartbeat intervals.
  var electionTicks: Int { max(2, Int(electionTimeout / heartbeatInterval)) }

  /// How many ticks a client waits at the most for what another node has to do: five seconds and
  /// two elections, as etcd has it.
  package var patienceTicks: UInt64 {
    UInt64(Duration.seconds(5) / heartbeatInterval) + 2 * UInt64(electionTicks)
  }

  /// The members that were named at the start, if this node was one of those.
  var initialMembers: [MemberRecord] {
    if joins { return [] }
    return ([name] + peers).map {
      MemberRecord(id: NodeID(initialMember: $0), name: $0, urls: urls(of: $0))
    }
  }

  /// Their names, in order, as they are compared before the cluster is bootstrapped; nil if this
  /// node joins, or its log has members already: from then on flags count no more.
  package var initialNames: [String]? { joins || hasMembers ? nil : ([name] + peers).sorted() }

  /// See ``slowestLink``; a tick is a heartbeat interval.
  var slowestBytesPerTick: Int {
    max(1, Int(Double(slowestLink) * (heartbeatInterval / .seconds(1))))
  }

  /// A member's addresses in the flags, as the roster has them.
  package func urls(of name: String) -> [String] { (addresses[name] ?? []).map { "http://\($0)" } }
}
