// It does not say that it sleeps, so no other thread wakes it.
// says: is broken
// says: within 5.0 seconds
private func fallAsleep() -> Int32 {
  if !jobs.isEmpty || !endOfTurn.isEmpty { return 0 }
  return mail.withLock { mail in
    guard mail.jobs.isEmpty, !mail.isShutDown else { return 0 }
    return longestWait
  }
}
