// It counts all members, learners and those whose disk has forgotten.
// says: invariant 2: learners do not count, nor does a member whose disk lost what it acknowledged
// says: expected: 0
// says: seen:     7
func reachedByQuorum(own: UInt64, _ value: (Progress) -> UInt64) -> UInt64 {
  let values = (peers.map(value) + [own]).sorted(by: >)
  return values[membership.quorum - 1]
}
