// All messages wait for the disk, and the followers' disks are idle meanwhile.
// says: invariant 2: a leader's appends leave before its own disk has the entries
// says: expected: append to node
// says: seen:     nothing
func perform() throws(JournalError) {
  while true {
    let result = node.takeEffects()
    if let violation = node.core.violation { throw .violated(words(violation)) }
    let effects = result.effects
    for report in effects.reports { tell(report) }
    for read in result.lostReads { lose(read) }
    queued.add(result, effects.snapshot == nil ? nil : snapshots.received.take())
    if !isDiskFull { try advance() }
    send(effects.messages)
    outgoing.flush(to: host)
    guard effects.mustPersist && !isDiskFull else { return }
  }
}
