// It counts for the next snapshot, and has the watchers told before the client is answered.
// says: invariant 8: a client is answered before the watchers are told
// says: expected: answered first
// says: seen:     the watchers were told first
private func writeProposals() throws(JournalError) {
  if proposals.isEmpty { return }
  defer { proposals.removeAll(keepingCapacity: true) }
  for place in proposals.indices { proposals[place].command.stamp(by: time) }
  var index = journal.lastIndex
  do throws(JournalError) {
    sinceSnapshot.bytes += try journal.append { batch in
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
  sinceSnapshot.entries += proposals.count
  for proposal in proposals {
    index = index + 1
    let outcome = store.apply(proposal.command, at: index)
    store.deliver()
    proposal.continuation.resume(returning: .success(outcome))
  }
}
