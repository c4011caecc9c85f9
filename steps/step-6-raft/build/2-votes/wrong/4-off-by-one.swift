// One vote less than a majority is enough for it.
// says: invariant 5: a majority of the votes wins, the candidate's own among them
// says: input:    of five, one other grants it
// says: expected: candidate in term 1, voted n1
// says: seen:     leader in term 1, voted n1
private mutating func decideCampaign() {
  guard let candidacy else { return }
  let granted = candidacy.ballots.count { $0.granted }
  if granted >= membership.quorum - 1 && granted > 1 {
    if role == .preCandidate { becomeCandidate(isTransfer: false) } else { becomeLeader() }
  } else if candidacy.ballots.count - granted >= membership.quorum {
    becomeFollower(term: term, leader: nil)
  }
}
