// Each command has a sync of its own.
// says: invariant 2: what came during a sync is one batch, with one sync
// says: expected: 2 syncs, 6 applied, 6 answered
// says: seen:     6 syncs, 6 applied, 6 answered
private func writeProposals() throws(JournalError) {
  for proposal in proposals {
    var command = proposal.command
    command.stamp(by: time)
    let index = journal.lastIndex + 1
    try journal.append { batch in
      batch.append(.command, at: index, term: .loneNode, encode: command.encode)
    }
    proposal.continuation.resume(returning: .success(store.apply(command, at: index)))
  }
  proposals.removeAll()
  store.deliver()
}
