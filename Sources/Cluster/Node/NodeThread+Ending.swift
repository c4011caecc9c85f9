import Raft
import Store
import WAL

// An end in good order.

extension NodeThread {
  func drain(_ continuation: UnsafeContinuation<Void, Never>) {
    let limit = now + 2 * UInt64(node.core.options.electionTicks)
    draining = ((draining?.waiting ?? []) + [continuation], limit)
    // Refused if there is nobody to take over.
    do throws(Refusal) { try node.transferLeadership() } catch {}
  }

  /// Lets those go who wait for the end of what is under way.
  func finishDraining() {
    guard let draining else { return }
    // One that was removed leads until its successor knows.
    let leads = node.core.role == .leader && node.core.membership.voters != [identity.id]
    let isBusy = leads || !queue.isEmpty || !held.isEmpty || !pending.isEmpty
    if isBusy && now < draining.deadline { return }
    for continuation in draining.waiting { continuation.resume() }
    self.draining = ([], draining.deadline)
  }

  /// Ends the log, as soon as nobody else writes in its directory.
  func close() throws(JournalError) {
    if let snapshotBeingWritten { return snapshotBeingWritten.callOff() }
    do throws(JournalError) {
      try keepCommit()
      try journal.close()
    } catch {
      // Without the last record the log is as good as after a crash: sound.
      guard case .noSpace = error else { throw error }
    }
    isClosed = true
    refuseAll(NodeMessage.stopping)
    answers.resumeAll()
    log("event=closed term=\(node.core.term) applied=\(store.appliedIndex)")
  }

  /// Writes down how much of the log was applied: after a stop in good order the next process need not
  /// ask before it knows what this one has shown.
  private func keepCommit() throws(JournalError) {
    var state = journal.hardState
    guard state.commit < store.appliedIndex else { return }
    state.commit = store.appliedIndex
    try journal.append { $0.append(state) }
  }
}
