import Bytes
import Raft
import Store
import WAL

// An end in good order.

extension Replica {
  func drain(_ reply: Reply<Void>) {
    let limit = now + 2 * UInt64(node.core.options.electionTicks)
    draining = ((draining?.waiting ?? []) + [reply], limit)
    // Refused if no other member can take over.
    do throws(Refusal) { try node.transferLeadership() } catch {}
  }

  /// Answers those who wait for the end of what is under way.
  func finishDraining() {
    guard let draining else { return }
    // A leader that was removed leads until its successor knows.
    let leads = isLeader && node.core.membership.voters != [identity.id]
    if (leads || writes.count > 0) && now < draining.deadline { return }
    for reply in draining.waiting { reply(()) }
    self.draining = ([], draining.deadline)
  }

  /// Ends the log, as soon as no snapshot is being written in its directory.
  func close() throws(JournalError) {
    if let snapshot = snapshots.beingWritten { return snapshot.cancel() }
    do throws(JournalError) {
      try keepCommit()
      try journal.close()
    } catch {
      // Without the last record the log is as good as after a crash: sound.
      guard case .noSpace = error else { throw error }
    }
    isClosed = true
    refuseAll(ReplicaInput.stopping)
    answers.giveAll()
    store.deliver()
    log(.info("closed", ["term": node.core.term, "applied": store.appliedIndex]))
  }

  /// Writes down how much of the log was applied: after a stop in good order the next process need
  /// not ask before it knows what this one has shown.
  private func keepCommit() throws(JournalError) {
    var state = journal.hardState
    guard state.commit < store.appliedIndex else { return }
    state.commit = store.appliedIndex
    try journal.append { $0.append(state) }
  }
}
