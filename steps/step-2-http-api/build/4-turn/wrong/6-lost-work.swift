// What is asked for during the work is thrown away with it.
// says: invariant 6: work that asks for more work at the end of a turn gets it, in the next
// says: expected: first second
// says: seen:     first, and no more within 5.0 seconds
private func finishTurn() {
  for work in endOfTurn { work() }
  endOfTurn.removeAll(keepingCapacity: true)
}
