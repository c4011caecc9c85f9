// It waits until a key is overdue.
// says: invariant 1: what is due is removed, and nothing is proposed when nothing is due
// says: input:    the time is 3 s
// says: seen:     3 keys left, 0 commands
public func expireDue() async throws(ProposalError) {
  while isInCharge(), let next = store.nextExpiration, next < time.now {
    let outcome = try await proposer.propose(Expire())
    if case .success(let events) = outcome.result, events.isEmpty { return }
  }
}
