// A full disk ends the process, as if it had failed.
// says: invariant 6: without space all of a batch is refused, and the log goes on
// says: expected: the log's thread goes on
// says: No space left on device
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  var index = journal.lastIndex
  try journal.append { batch in
    var index = index
    for proposal in proposals {
      index = index + 1
      batch.append(.command, at: index, term: .loneNode, encode: proposal.command.encode)
    }
  }
  for proposal in proposals {
    index = index + 1
    proposal.continuation.resume(returning: .success(store.apply(proposal.command, at: index)))
  }
  store.deliver()
}
