import Store

// Time, counted in the caller's ticks.

extension RaftCore {
  /// A tick has passed.
  public mutating func tick() {
    elapse()
    checkTimers()
  }

  /// Counts a tick without acting on it: messages may be waiting that arrived before or after it.
  /// ``checkTimers()`` acts, once they are heard.
  public mutating func elapse() {
    now += 1
    persistence.tick()
    if role == .leader { leadership?.heartbeatElapsed += 1 } else { electionElapsed += 1 }
  }

  /// Campaigns, gives way, or says that it leads, if it is time.
  public mutating func checkTimers() {
    guard violation == nil else { return }
    if role == .leader { tickLeader() } else { tickElection() }
  }

  private mutating func tickElection() {
    guard electionElapsed >= electionTimeout, canCampaign else { return }
    becomePreCandidate()
  }

  private mutating func tickLeader() {
    if isCutOff || isDiskStalled { return becomeFollower(term: term, leader: nil) }
    if let deadline = leadership?.transfer?.deadline, now >= deadline { leadership?.transfer = nil }
    let elapsed = leadership?.heartbeatElapsed ?? 0
    if elapsed >= options.heartbeatTicks { broadcastHeartbeat() }
  }

  /// A leader that has heard no majority for an election timeout may have been replaced: it stops
  /// taking requests that it could not fulfil (dissertation, section 6.2).
  private var isCutOff: Bool {
    let heard = reachedByQuorum(own: now) { $0.lastHeard }
    return now - heard >= UInt64(options.electionTicks)
  }

  /// The disk has finished nothing for an election timeout. Such a node must not lead, however
  /// punctual its heartbeats.
  var isDiskStalled: Bool { persistence.stalledTicks >= options.electionTicks }

  /// Whether this node may ask for votes: a voter, as far as it knows, with a disk that works.
  var canCampaign: Bool { membership.isVoter(id) && !isDiskStalled }

  /// Whether a peer was heard of within the last election timeout.
  public func isActive(_ peer: Progress) -> Bool {
    now - peer.lastHeard < UInt64(options.electionTicks)
  }
}
