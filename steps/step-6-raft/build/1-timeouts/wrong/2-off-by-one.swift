// A tick too late.
// says: invariant 3: a follower that hears no leader asks for pre-votes at its timeout
// says: expected: pre-candidate in term 0
// says: seen:     follower in term 0
private mutating func tickElection() {
  guard electionElapsed > electionTimeout, canCampaign else { return }
  becomePreCandidate()
}
