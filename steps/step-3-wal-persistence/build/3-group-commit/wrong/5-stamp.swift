// It stamps what it applies, and not what it writes.
// says: invariant 5: a command is stamped before it is encoded: the log has what is applied
// says: input:    and after kill -9 and a start
// says: expected: /k=v until 61 s
// says: seen:     /k=v
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
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
    var command = proposal.command
    command.stamp(by: time)
    proposal.continuation.resume(returning: .success(store.apply(command, at: index)))
  }
  store.deliver()
}
