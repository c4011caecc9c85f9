// It counts a vote that the disk may still forget.
// says: invariant 7: a candidate's own vote counts when it is durable
// says: input:    a lone voter campaigns twice; the disk finishes the first term
// says: expected: candidate in term 2
// says: seen:     leader in term 2
mutating func countOwnVote() {
  count(Ballot(voter: id, granted: true))
}
