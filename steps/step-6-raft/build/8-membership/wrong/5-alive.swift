// It does not ask who is alive.
// says: invariant 7: a change after which no majority would be alive is refused
// says: input:    n3 has been silent for 11 ticks; remove n2
// says: seen:     taken
private func refusal(of change: MembershipChange) -> Refusal? {
  if let pending = leadership?.pendingChangeIndex, pending > commitIndex { return .changePending }
  let node = change.node
  switch change {
  case .addLearner:
    if membership.contains(node) { return .pointlessChange }
  case .promote:
    guard membership.isLearner(node) else { return .pointlessChange }
    guard hasCaughtUp(node) else { return .notCaughtUp }
  case .remove:
    guard membership.contains(node), membership.voters != [node] else { return .pointlessChange }
  }
  return nil
}
