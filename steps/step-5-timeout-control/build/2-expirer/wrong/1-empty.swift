// It removes nothing.
// says: invariant 1: what is due is removed, and nothing is proposed when nothing is due
// says: input:    the time is 3 s
// says: expected: 2 keys are left, 1 commands
// says: seen:     3 keys are left, 0 commands
public func expireDue() async throws(ProposalError) {
}
