// It does not ask whether Raft has seen what must never happen.
// says: invariant 7: what Raft says must never happen ends the node, before it says anything
// says: input:    a follower hears two leaders of one term
// says: expected: it ends, and has sent nothing
// says: seen:     it goes on
func perform() throws(JournalError) {
  while true {
    let result = node.takeEffects()
    let effects = result.effects
    send(effects.messages)
    outgoing.flush(to: host)
    for report in effects.reports { tell(report) }
    for read in result.lostReads { lose(read) }
    queued.add(result, effects.snapshot == nil ? nil : snapshots.received.take())
    if !isDiskFull { try advance() }
    guard effects.mustPersist && !isDiskFull else { return }
  }
}
