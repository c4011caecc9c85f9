// It goes on with the votes it has, of whichever members.
// says: invariant 8: ballots count only as far as they are voters' of the membership in force
// says: input:    a candidate of five has the vote of n4; n4 and n5 are removed
// says: expected: candidate
// says: seen:     leader
mutating func recountBallots() {
  guard candidacy != nil else { return }
  guard membership.isVoter(id) else { return becomeFollower(term: term, leader: nil) }
  decideCampaign()
}
