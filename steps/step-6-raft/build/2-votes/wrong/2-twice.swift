// It votes for each that asks, and so for two leaders of one term.
// says: invariant 1: a node gives one vote in a term
// says: input:    n3 asks in term 1
// says: expected: to n3 vote denied in term 1
// says: seen:     to n3 vote granted in term 1
private func canVote(for candidate: NodeID) -> Bool {
  return true
}
