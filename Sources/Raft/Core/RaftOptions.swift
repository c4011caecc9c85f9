/// The limits and times of a core; ticks are the caller's.
public struct RaftOptions: Hashable, Sendable {
  /// Ticks without a leader's word before a follower asks for votes: between this and twice this,
  /// less one, drawn anew each time (paper, section 5.2).
  public var electionTicks = 10
  /// Ticks between a leader's heartbeats; much less than ``electionTicks`` (paper, section 5.6).
  public var heartbeatTicks = 1
  /// Entries in one append, in bytes by ``Entry/size``; one entry always goes, whatever its size.
  public var maxAppendBytes = 1 << 20
  /// Entries in a probe, in bytes by ``Entry/size``; none go if the first one is larger. Heartbeats
  /// overtake what is large, and replies to them let a probe be sent again, so it should be small.
  public var maxProbeBytes = 64 << 10
  /// Appends on their way to one follower.
  public var maxInflightAppends = 8
  /// Bytes on their way to one follower; exceeded by at most one append.
  public var maxInflightBytes = 8 << 20
  /// Proposed and not committed, in bytes; beyond this proposals are refused. One proposal is
  /// always taken when nothing is waiting.
  public var maxUncommittedBytes = 64 << 20
  /// How many entries a learner may lack and still be given a vote.
  public var maxPromotionLag: UInt64 = 256
  /// Where the node's random numbers begin. Nodes need different seeds, or they campaign together.
  public var seed: UInt64 = 0

  public init() {}
}
