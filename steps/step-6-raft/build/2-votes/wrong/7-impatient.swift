// It votes, and campaigns itself a moment later.
// says: invariant 3: a node that gives its vote begins to wait anew; one that denies it does not
// says: input:    after 9 ticks in term 1, a vote is given
// says: expected: 0
// says: seen:     9
mutating func answerVote(_ request: VoteRequest, from candidate: NodeID) {
  let granted =
    canVote(for: candidate) && request.lastPosition.isAtLeastAsUpToDate(as: log.lastPosition)
  if granted { vote = candidate }
  send(.voteReply(granted: granted), to: candidate)
}
