// One portion, and the rest stays.
// says: invariant 2: many keys that are due go in portions, until none is left
// says: expected: 0 keys left, 3 commands
// says: seen:     1500 keys left, 1 command
public func expireDue() async throws(ProposalError) {
  if isInCharge(), let next = store.nextExpiration, next <= time.now {
    _ = try await proposer.propose(Expire())
  }
}
