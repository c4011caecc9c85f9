import Store

// Who leads (paper, section 5.2).

/// What a node holds while it campaigns, and at no other time: the replies so far.
struct Candidacy: Hashable, Sendable {
  var ballots: [Ballot] = []

  /// Counts a voter once, however often its reply arrives.
  mutating func count(_ ballot: Ballot) {
    guard !ballots.contains(where: { $0.voter == ballot.voter }) else { return }
    ballots.append(ballot)
  }

  /// Calls all nodes by other names.
  mutating func rename(_ renaming: Renaming) {
    ballots = ballots.map { Ballot(voter: renaming($0.voter), granted: $0.granted) }
    ballots.sort { $0.voter < $1.voter }
  }
}

/// A reply to a candidate.
struct Ballot: Hashable, Sendable {
  var voter: NodeID
  var granted: Bool
}

extension RaftCore {
  /// Whether a leader is alive as far as this node can know: it is one, or heard one within the
  /// shortest election timeout (dissertation, section 4.2.3).
  public var hearsLeader: Bool {
    role == .leader || (leader != nil && electionElapsed < options.electionTicks)
  }

  /// Becomes a follower in a term whose leader may be known. A vote cast in the same term is kept.
  mutating func becomeFollower(term: Term, leader: NodeID?) {
    enter(.follower)
    if term > self.term {
      self.term = term
      vote = nil
    }
    self.leader = leader
  }

  /// Asks first: an election that cannot be won would only force a new term on the others
  /// (dissertation, section 9.6).
  mutating func becomePreCandidate() {
    enter(.preCandidate)
    leader = nil
    ask(.preVote(request(isTransfer: false)), term: term + 1)
    count(Ballot(voter: id, granted: true))
  }

  /// Begins a new term and votes for itself. Both are on disk before it asks the other voters, and
  /// before its own vote counts.
  mutating func becomeCandidate(isTransfer: Bool) {
    enter(.candidate)
    term = term + 1
    vote = id
    leader = nil
    ask(.requestVote(request(isTransfer: isTransfer)), term: term)
  }

  /// Its term, and with it its vote for itself, may be durable now.
  mutating func countOwnVote() {
    guard persistence.durableTerm == term else { return }
    count(Ballot(voter: id, granted: true))
  }

  /// Counts a reply, if it answers what this node asks now and not what it asked in another term.
  mutating func count(_ message: Message, granted: Bool, asked: Role) {
    let grantedTerm = asked == .preCandidate ? term + 1 : term
    guard role == asked, !granted || message.term == grantedTerm else { return }
    count(Ballot(voter: message.from, granted: granted))
  }

  private mutating func count(_ ballot: Ballot) {
    guard membership.isVoter(ballot.voter) else { return }
    candidacy?.count(ballot)
    decideCampaign()
  }

  /// Another membership came into force. Of the ballots counted so far, only those of its voters
  /// still count: with the ballot of a node that was removed, and the smaller majority that its
  /// removal left, two nodes could be elected in one term.
  mutating func recountBallots() {
    guard candidacy != nil else { return }
    guard membership.isVoter(id) else { return becomeFollower(term: term, leader: nil) }
    candidacy?.ballots.removeAll { !membership.isVoter($0.voter) }
    decideCampaign()
  }

  private mutating func decideCampaign() {
    guard let candidacy else { return }
    let granted = candidacy.ballots.count { $0.granted }
    if granted >= membership.quorum {
      if role == .preCandidate { becomeCandidate(isTransfer: false) } else { becomeLeader() }
    } else if candidacy.ballots.count - granted >= membership.quorum {
      becomeFollower(term: term, leader: nil)
    }
  }

  private mutating func becomeLeader() {
    // What it inherited may hold a change of membership: no other is proposed before its own first
    // entry is committed (Ongaro, "bug in single-server membership changes", 2015).
    let next = log.lastIndex + 1
    var leadership = Leadership(
      pendingChangeIndex: next, uncommittedBytes: log.size(after: commitIndex))
    leadership.follow(membership, except: id, nextIndex: next, now: now)
    enter(.leader, leadership)
    leader = id
    // An entry of its own term, without which it could commit nothing (paper, section 8).
    appendOwn(kind: .noOp, payload: [])
  }

  /// Changes the role, and drops everything that belonged to the previous one.
  private mutating func enter(_ role: Role, _ leadership: Leadership? = nil) {
    effects.lostReads += self.leadership?.reads.ids ?? []
    self.role = role
    self.leadership = leadership
    candidacy = role == .preCandidate || role == .candidate ? Candidacy() : nil
    electionElapsed = 0
    electionTimeout = drawElectionTimeout()
  }

  /// Between the election ticks and twice as many, so that candidates seldom collide twice (paper,
  /// section 5.2).
  mutating func drawElectionTimeout() -> Int {
    options.electionTicks + random.next(below: options.electionTicks)
  }

  private func request(isTransfer: Bool) -> VoteRequest {
    VoteRequest(lastPosition: log.lastPosition, isTransfer: isTransfer)
  }

  private mutating func ask(_ content: Message.Content, term: Term) {
    for voter in membership.voters where voter != id { send(content, to: voter, term: term) }
  }
}
