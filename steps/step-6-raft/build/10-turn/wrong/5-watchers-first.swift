// A client waits until all watchers are told.
// says: invariant 5: first the status is published, then clients are answered, then watchers told
// says: expected: published, answered, told
// says: seen:     told, published, answered
package func turn() throws(JournalError) {
  isDueAgain = false
  if newTicks > 0 { try tick() }
  submitWrites()
  submitReads()
  try perform()
  noteLeader()
  bootstrapIfNeeded()
  store.deliver()
  publish()
  answers.giveAll()
  finishDraining()
  if !closing.isEmpty { try close() }
}
