// It raises the index after each command, and not before: the first takes the last one's place.
// says: is broken: invariant 1
// says: input:    a put, whose sync does not return
// says: seen:     the code stops the program
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  try journal.append { batch in
    var index = journal.lastIndex
    for proposal in proposals {
      batch.append(.command, at: index, term: .loneNode, encode: proposal.command.encode)
      index = index + 1
    }
  }
}
