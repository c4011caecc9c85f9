// It takes the vote of a voter that is added again.
// says: invariant 3: one that says nothing new changes nothing
// says: expected: voters n1 n2
// says: seen:     voters n1, learners n2
public func applying(_ change: MembershipChange) -> Membership {
  let node = change.node
  let others = Membership(
    voters: voters.filter { $0 != node }, learners: learners.filter { $0 != node })
  switch change {
  case .remove: return others
  case .addLearner: return Membership(voters: others.voters, learners: others.learners + [node])
  case .promote: return Membership(voters: others.voters + [node], learners: others.learners)
  }
}
