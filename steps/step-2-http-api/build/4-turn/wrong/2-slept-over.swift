// It does not look once more before it sleeps: what came during the turn waits for something else
// to come.
// says: invariant 3: what is sent while the loop is busy is not slept over, and stays in order
// says: input:    tasks b, c and d, sent from another thread while a runs
// says: expected: a b c d
// says: seen:     a, and no more within 5.0 seconds
private func fallAsleep() -> Int32 {
  if !jobs.isEmpty || !endOfTurn.isEmpty { return 0 }
  return mail.withLock { mail in
    mail.isAsleep = true
    return longestWait
  }
}
