// It does not ask whether it may campaign.
// says: invariant 5: a node that may not campaign does not
// says: input:    a learner, after 100 ticks
// says: expected: follower in term 0
// says: seen:     pre-candidate in term 0
private mutating func tickElection() {
  guard electionElapsed >= electionTimeout else { return }
  becomePreCandidate()
}
