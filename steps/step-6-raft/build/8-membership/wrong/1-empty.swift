// It refuses nothing.
// says: invariant 4: one change at a time, and none before the term's first entry is committed
// says: input:    a leader that has committed nothing is asked to add n4
// says: expected: an earlier change, or the term's first entry, is not committed
// says: seen:     taken
private func refusal(of change: MembershipChange) -> Refusal? {
  return nil
}
