// It does not count what it writes: the log grows for ever.
// says: invariant 7: what is written counts toward the next snapshot
// says: input:    a snapshot is due every 3 entries, and 3 are put
// says: expected: a snapshot's file
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  var index = journal.lastIndex
  do throws(JournalError) {
    try journal.append { batch in
      var index = index
      for proposal in proposals {
        index = index + 1
        batch.append(.command, at: index, term: .loneNode, encode: proposal.command.encode)
      }
    }
  } catch {
    guard case .noSpace(let reason) = error else { throw error }
    for proposal in proposals {
      proposal.continuation.resume(returning: .failure(.notAccepted(reason)))
    }
    return
  }
  for proposal in proposals {
    index = index + 1
    proposal.continuation.resume(returning: .success(store.apply(proposal.command, at: index)))
  }
  store.deliver()
}
