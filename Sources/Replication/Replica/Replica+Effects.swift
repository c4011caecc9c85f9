import Bytes
import Raft
import Store
import WAL

// What Raft asks for, in the order in which it has to be done.

extension Replica {
  /// Does what Raft asks for, until it asks for nothing more.
  func perform() throws(JournalError) {
    while true {
      let result = node.takeEffects()
      // Before anything else that could go wrong: nothing that is under way counts after this.
      if let violation = node.core.violation { throw .violated(words(violation)) }
      let effects = result.effects
      send(effects.messages)
      outgoing.flush(to: host)
      for report in effects.reports { tell(report) }
      for read in result.lostReads { lose(read) }
      queued.add(result, effects.snapshot == nil ? nil : snapshots.received.take())
      if !isDiskFull { try advance() }
      guard effects.mustPersist && !isDiskFull else { return }
    }
  }

  /// Writes what waits for the disk, and does what had to wait for that; stops at the first piece
  /// of work for which there is no space.
  func advance() throws(JournalError) {
    while let work = queued.first {
      if work.effects.mustPersist {
        if roster.cluster == nil { try compareInitialMembers(in: work.effects.entries) }
        let start = host.now
        do throws(JournalError) { try queued.write(to: journal) } catch {
          guard case .noSpace(let reason) = error else { throw error }
          return noteFullDisk(reason)
        }
        let end = host.now
        syncTimes.add(end - start)
        if let line = warnings.sync(took: end - start, at: end) { log(line) }
        node.persisted(through: work.effects.batch)
      }
      send(queued.removeFirst().effects.messagesAfterPersisting)
      outgoing.flush(to: host)
      try apply(work)
    }
    if isDiskFull {
      isDiskFull = false
      log(.info("disk_has_space"))
      campaignIfAlone()
    }
  }

  /// Sees to it that what was found on the disk is there for certain; false if there is no space
  /// for that. Until then the node vouches for none of it.
  func proveLog() throws(JournalError) -> Bool {
    if journal.isLastBatchProven { return true }
    do throws(JournalError) { try journal.proveLastBatch() } catch {
      guard case .noSpace(let reason) = error else { throw error }
      noteFullDisk(reason)
      return false
    }
    node.persisted(through: 0)
    return true
  }

  private func noteFullDisk(_ reason: String) {
    if isDiskFull { return }
    isDiskFull = true
    log(.warn("disk_full", ["reason": reason]))
    // Another member, with a disk that works, had better lead.
    node.resign()
    refuseAll(reason)
  }

  private func tell(_ report: Report) {
    switch report {
    case .acknowledgedEntriesLost(let id, let matchIndex, let lastIndex):
      log(
        .warn(
          "entries_lost",
          ["by": roster.name(of: id), "acknowledged": matchIndex, "last": lastIndex]))
    }
  }

  private func send(_ messages: [Message]) {
    for message in messages {
      switch message.content {
      case .installSnapshot: sendSnapshot(message)
      case .appendEntries:
        counts.appendsSent += 1
        write(to: message.to, on: .bulk) { $0.append(message) }
      default: write(to: message.to) { $0.append(message) }
      }
    }
  }
}
