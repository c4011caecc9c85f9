import Store

// Who may lead: the voter's side (paper, sections 5.2 and 5.4.1).

extension RaftCore {
  /// One vote per term, first come first served, and only for a log that is at least as up to date
  /// as this node's own: so the winner's log holds every committed entry.
  ///
  /// Every candidate gets an answer, whether or not it is a member, and even from a learner: the
  /// membership known here may be older than the one the candidate campaigns under.
  mutating func answerVote(_ request: VoteRequest, from candidate: NodeID) {
    let granted =
      canVote(for: candidate) && request.lastPosition.isAtLeastAsUpToDate(as: log.lastPosition)
    if granted {
      vote = candidate
      electionElapsed = 0
    }
    send(.voteReply(granted: granted), to: candidate)
  }

  /// Says what the vote would be, and promises nothing: neither term nor vote nor timer change
  /// (dissertation, section 9.6).
  mutating func answerPreVote(_ request: VoteRequest, from candidate: NodeID, term asked: Term) {
    let granted =
      (asked > term || canVote(for: candidate))
      && request.lastPosition.isAtLeastAsUpToDate(as: log.lastPosition)
    send(
      .preVoteReply(granted: granted, commit: commitPosition), to: candidate,
      term: granted ? asked : term)
  }

  private func canVote(for candidate: NodeID) -> Bool {
    vote == candidate || (vote == nil && leader == nil)
  }
}
