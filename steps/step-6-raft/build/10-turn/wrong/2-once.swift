// One round: what follows from the write waits for the next turn.
// says: invariant 1: a turn goes on until Raft asks for nothing more
// says: input:    a lone node, a put, one turn
// says: expected: answered, a is 1
// says: seen:     not answered, a is nothing
func perform() throws(JournalError) {
  let result = node.takeEffects()
  if let violation = node.core.violation { throw .violated(words(violation)) }
  let effects = result.effects
  send(effects.messages)
  outgoing.flush(to: host)
  for report in effects.reports { tell(report) }
  for read in result.lostReads { lose(read) }
  queued.add(result, effects.snapshot == nil ? nil : snapshots.received.take())
  if !isDiskFull { try advance() }
}
