// It applies and answers first, and writes then: a power cut takes back what a client was told.
// says: invariant 1: a command is applied and answered only when it is durable
// says: input:    a put, whose sync does not return
// says: expected: 0 applied, 0 answered
// says: seen:     1 applied, 1 answered
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  let first = journal.lastIndex
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  var index = first
  for proposal in proposals {
    index = index + 1
    proposal.continuation.resume(returning: .success(store.apply(proposal.command, at: index)))
  }
  let waiting = proposals
  proposals = []
  try journal.append { batch in
    var index = first
    for proposal in waiting {
      index = index + 1
      batch.append(.command, at: index, term: .loneNode, encode: proposal.command.encode)
    }
  }
  store.deliver()
}
