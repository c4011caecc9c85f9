// It does not answer.
// says: invariant 1: a node gives one vote in a term
// says: input:    n2 asks in term 1
// says: expected: to n2 vote granted in term 1
// says: seen:     nothing
mutating func answerVote(_ request: VoteRequest, from candidate: NodeID) {
}
