// What does not fit on the disk is dropped, and the next entry does not follow the last one.
// says: an entry follows the last one
// says: is broken: invariant 6
// says: input:    a follower without space hears two appends
// says: seen:     the code stops the program
func advance() throws(JournalError) {
  while let work = queued.first {
    if work.effects.mustPersist {
      if roster.cluster == nil { try compareInitialMembers(in: work.effects.entries) }
      do throws(JournalError) { try queued.write(to: journal) } catch {
        guard case .noSpace(let reason) = error else { throw error }
        _ = queued.removeFirst()
        return noteFullDisk(reason)
      }
      node.persisted(through: work.effects.batch)
    }
    send(queued.removeFirst().effects.messagesAfterPersisting)
    outgoing.flush(to: host)
    try apply(work)
  }
  isDiskFull = false
}
