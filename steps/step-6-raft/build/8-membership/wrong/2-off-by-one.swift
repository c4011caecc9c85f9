// Half is a majority for it.
// says: invariant 1: a majority is more than half of the voters
// says: input:    2 voters, 2 learners
// says: expected: 2
// says: seen:     1
public var quorum: Int {
  return (voters.count + 1) / 2
}
