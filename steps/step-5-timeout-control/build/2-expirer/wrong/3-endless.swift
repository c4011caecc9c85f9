// It insists that its own clock is right.
// says: is broken: invariant 4
// says: seen:     the code does not come to an end
public func expireDue() async throws(ProposalError) {
  while isInCharge(), let next = store.nextExpiration, next <= time.now {
    _ = try await proposer.propose(Expire())
  }
}
