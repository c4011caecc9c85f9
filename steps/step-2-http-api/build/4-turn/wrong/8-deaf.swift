// It does not hear that it is to end.
// says: invariant 9: the thread ends when the loop is shut down
// says: expected: its thread ends
// says: seen:     it has not within 5.0 seconds
private func takeMail() -> Bool {
  return mail.withLock { mail in
    mail.isAsleep = false
    jobs.append(contentsOf: mail.jobs)
    mail.jobs.removeAll(keepingCapacity: true)
    return true
  }
}
