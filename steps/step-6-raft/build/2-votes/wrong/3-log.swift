// It forgets to compare the logs.
// says: invariant 2: only a log at least as up to date as the voter's own gets it
// says: input:    the voter's log has the terms 1 2 2, the candidate's ends at 2/2
// says: expected: to n2 vote denied in term 5
// says: seen:     to n2 vote granted in term 5
mutating func answerVote(_ request: VoteRequest, from candidate: NodeID) {
  let granted = canVote(for: candidate)
  if granted {
    vote = candidate
    electionElapsed = 0
  }
  send(.voteReply(granted: granted), to: candidate)
}
