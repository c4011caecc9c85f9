// All messages leave at once, those that vouch for the disk as well.
// says: invariant 3: what vouches for a node's memory leaves after the write, and not without it
// says: input:    a follower hears an append; a turn in which the power goes before the write
// says: expected: nothing
// says: seen:     acknowledgement to node
func advance() throws(JournalError) {
  while let work = queued.first {
    send(work.effects.messagesAfterPersisting)
    outgoing.flush(to: host)
    if work.effects.mustPersist {
      if roster.cluster == nil { try compareInitialMembers(in: work.effects.entries) }
      do throws(JournalError) { try queued.write(to: journal) } catch {
        guard case .noSpace(let reason) = error else { throw error }
        return noteFullDisk(reason)
      }
      node.persisted(through: work.effects.batch)
    }
    try apply(queued.removeFirst())
  }
  isDiskFull = false
}
