// It removes nothing.
// says: invariant 1: what is due is removed, and nothing is proposed when nothing is due
// says: input:    the time is 3 s
// says: expected: 2 keys left, 1 command
// says: seen:     3 keys left, 0 commands
public func expireDue() async throws(ProposalError) {
}
