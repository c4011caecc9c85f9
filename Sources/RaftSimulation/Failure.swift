/// What must hold in every schedule, by the numbers under which failures are reported.
public enum Invariant: String, CaseIterable, Sendable {
  case oneLeaderPerTerm = "I1"
  case leaderAppendOnly = "I2"
  case logMatching = "I3"
  case leaderCompleteness = "I4"
  case sameCommandAtSameIndex = "I5"
  case committedIsDurableOnQuorum = "I6"
  case oneVotePerTerm = "I7"
  case termNeverFalls = "I8"
  case promisesAreDurable = "I9"
  case linearizable = "I10"
  case appliedOnce = "I11"
  case membershipsIntersect = "I12"
  case recoveryIsExact = "I13"
  case equalStateAtEqualIndex = "I14"
  case liveness = "I15"
  case limitsHold = "I16"
  case progressIsSound = "I17"

  /// The sentence behind the number.
  public var meaning: String {
    switch self {
    case .oneLeaderPerTerm: "a term has at most one leader"
    case .leaderAppendOnly: "a leader never overwrites or drops its own entries"
    case .logMatching: "an index and a term name one entry, and all before it"
    case .leaderCompleteness: "a leader has everything committed in earlier terms"
    case .sameCommandAtSameIndex: "no two nodes apply different entries at one index"
    case .committedIsDurableOnQuorum: "what is committed is on a majority of disks"
    case .oneVotePerTerm: "a node gives one vote a term, across crashes"
    case .termNeverFalls: "a term a node has vouched for never falls"
    case .promisesAreDurable: "what a node acknowledges is on its disk"
    case .linearizable: "clients see one register after the other"
    case .appliedOnce: "an operation takes place once, and not after it was called lost"
    case .membershipsIntersect: "majorities of successive memberships share a node"
    case .recoveryIsExact: "recovery finds what was synced, and nothing else"
    case .equalStateAtEqualIndex: "equal prefixes make equal states"
    case .liveness: "once faults end, a leader is found and all is answered"
    case .limitsHold: "windows, messages and queues stay within their limits"
    case .progressIsSound: "match < next, match never falls, and match is on the follower's disk"
    }
  }
}

/// The first thing that went wrong in a schedule.
public struct Failure: Error, Hashable, Sendable {
  /// What was broken.
  public let invariant: Invariant
  /// How, for people.
  public let description: String
  /// Virtual microseconds since the schedule began.
  public let time: Int64
}
