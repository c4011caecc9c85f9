// A turn that was due again is due for ever.
// says: is broken
// says: seen:     the code does not come to an end
package func turn() throws(JournalError) {
  if newTicks > 0 { try tick() }
  submitWrites()
  submitReads()
  try perform()
  noteLeader()
  bootstrapIfNeeded()
  publish()
  answers.giveAll()
  store.deliver()
  finishDraining()
  if !closing.isEmpty { try close() }
}
