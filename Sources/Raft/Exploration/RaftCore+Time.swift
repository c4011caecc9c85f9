import Store

// Time for an exhaustive search: what a clock can bring about, as steps of their own, and no clock.
//
// A search that counted ticks would tell two states apart that differ only in how long nothing has
// happened. It never ticks; instead it takes these steps at any moment at which time could.

extension RaftCore {
  /// An election timeout passes without a word from a leader. No timer fires yet: this node would
  /// now grant a vote that it refused before.
  package mutating func lapse() {
    electionElapsed = options.electionTicks
    forgetTime()
  }

  /// Whether the election timer may fire.
  package var canTimeOut: Bool {
    violation == nil && role != .leader && canCampaign && !hearsLeader
  }

  /// The election timer fires.
  package mutating func timeOut() {
    guard canTimeOut else { return }
    becomePreCandidate()
  }

  /// A leader has heard no majority for an election timeout (dissertation, section 6.2).
  package mutating func stepDown() {
    guard violation == nil, role == .leader else { return }
    becomeFollower(term: term, leader: nil)
  }

  /// A heartbeat is due.
  package mutating func beat() {
    guard violation == nil, role == .leader else { return }
    broadcastHeartbeat()
  }

  /// Puts all that only measures or randomizes time to one value, and ballots into one order, so
  /// that equal situations are equal values. Correct for a core that is never ticked.
  package mutating func forgetTime() {
    let isUnheard = leader != nil && role != .leader && !hearsLeader
    electionElapsed = isUnheard ? options.electionTicks : 0
    electionTimeout = options.electionTicks
    random = SplitMix64(seed: 0)
    persistence.forgetNumbers()
    candidacy?.ballots.sort { $0.voter < $1.voter }
  }

  /// What a crash leaves, if everything handed to the disk is on it.
  package var restorable: RestoredState {
    RestoredState(
      hardState: persistence.hardState, snapshot: log.snapshot,
      entries: log.entries(after: log.base.index, through: persistence.durableIndex))
  }
}
