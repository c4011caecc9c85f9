// It never sleeps.
// says: invariant 4: a loop with nothing to do sleeps
// says: input:    no task for 200 ms
// says: expected: hardly a turn
private func fallAsleep() -> Int32 {
  return 0
}
