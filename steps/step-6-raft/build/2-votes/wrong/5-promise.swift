// Its pre-vote is a promise: a node that only asked takes the vote away from others.
// says: invariant 4: a pre-vote is answered, and changes nothing
// says: input:    n3 asks before term 2, too
mutating func answerPreVote(_ request: VoteRequest, from candidate: NodeID, term asked: Term) {
  let granted =
    canVote(for: candidate) && request.lastPosition.isAtLeastAsUpToDate(as: log.lastPosition)
  if granted { vote = candidate }
  send(
    .preVoteReply(granted: granted, commit: commitPosition), to: candidate,
    term: granted ? asked : term)
}
