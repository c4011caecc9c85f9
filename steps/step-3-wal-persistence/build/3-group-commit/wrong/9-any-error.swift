// A failed sync refuses the batch, as if nothing of it could be on the disk.
// says: invariant 9: any other error is thrown, and no client is answered
// says: input:    a put, whose sync fails
// says: expected: the error is thrown; 0 applied, 0 answered
// says: seen:     no error is thrown; 0 applied, 1 answered
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  var index = journal.lastIndex
  let length: Int
  do {
    length = try journal.append { batch in
      var index = index
      for proposal in proposals {
        index = index + 1
        batch.append(.command, at: index, term: .loneNode, encode: proposal.command.encode)
      }
    }
  } catch {
    for proposal in proposals {
      proposal.continuation.resume(returning: .failure(.notAccepted("\(error)")))
    }
    return
  }
  for proposal in proposals {
    index = index + 1
    outcomes.append(store.apply(proposal.command, at: index))
  }
  sinceSnapshot.entries += proposals.count
  sinceSnapshot.bytes += length
  for (proposal, outcome) in zip(proposals, outcomes) {
    proposal.continuation.resume(returning: .success(outcome))
  }
  outcomes.removeAll(keepingCapacity: true)
  store.deliver()
}
