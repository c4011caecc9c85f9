import Bytes
import Raft
import Store
import WAL

// What is committed takes effect, in order, on every node.

extension Replica {
  /// In the order that ``NodeEffects`` prescribes.
  func apply(_ work: WorkQueue.Work) throws(JournalError) {
    let result = work.result
    if let received = work.received { install(received) }
    if !result.applications.isEmpty {
      try apply(result.applications)
      advanceTime(to: store.latestStamp)
      // The clients answered now are those that others wait for: see ``BatchDelay``.
      if writes.delayEnd != nil { isDueAgain = true }
    }
    for id in result.lost { retry(id.rawValue) }
    for id in result.unknown {
      fail(
        writes.take(id.rawValue), .unknown("this node was too far behind to see what became of it"))
    }
    for read in result.readable { confirm(read) }
    answerAppliedReads()
    if let metadata = result.snapshotToTake { try startSnapshot(metadata) }
    free(node.dropShared(applied: store.appliedIndex))
  }

  private func apply(_ applications: [Application]) throws(JournalError) {
    let beginning = host.now
    if applications.count < 2 * OperationsAhead.most {
      for application in applications { try apply(application) }
    } else {
      try applyReadingAhead(applications)
    }
    // At a start much of the log may be due at once.
    guard start.isDone else { return }
    let end = host.now
    if let line = warnings.apply(of: applications.count, took: end - beginning, at: end) {
      log(line)
    }
  }

  private func applyReadingAhead(_ applications: [Application]) throws(JournalError) {
    var ahead = OperationsAhead(applications[...], registry)
    while !ahead.operations.isEmpty {
      let (operations, rest) = (ahead.operations, ahead.rest)
      var failure: JournalError?
      ahead = host.run { [registry] in
        OperationsAhead(rest, registry)
      } while: {
        do throws(JournalError) {
          for (application, operation) in operations { try apply(application, operation) }
        } catch { failure = error }
      }
      if let failure { throw failure }
    }
  }

  /// - Parameter operation: what the entry says, if it has been read.
  private func apply(
    _ application: Application, _ operation: Operation? = nil
  ) throws(JournalError) {
    let entry = application.entry
    let write = application.id.flatMap { writes.take($0.rawValue) }
    switch entry.kind {
    case .noOp:
      store.skip(entry.index)
    case .membership(let membership):
      store.skip(entry.index)
      follow(membership, payload: entry.payload)
      if let write { answers.add(write, .success(.none(at: store))) }
    case .command:
      // A forwarded operation was stamped by the leader: its moments are in the log alone.
      let known = write?.stamped ?? operation
      let operation = if let known { known } else { try decode(entry) }
      let outcome = apply(operation, at: entry.index)
      if let write { answers.add(write, .success(outcome)) }
    }
  }

  private func apply(_ operation: Operation, at index: LogIndex) -> Outcome {
    switch operation {
    case .command(let command):
      var outcome = store.apply(command, at: index)
      // The thread that answers would free them, and all its connections would wait.
      let removed = outcome.takeRemovedDirectories()
      if removed.contains(where: \.isLarge) { host.free(removed) }
      return outcome
    case .bootstrap(let initial): bootstrap(initial)
    case .describe(let member, let known): describe(member, knownAt: known)
    case .add, .remove: break
    }
    store.skip(index)
    return .none(at: store)
  }

  /// An entry was written by some member, and must be understood by all.
  private func decode(_ entry: Entry) throws(JournalError) -> Operation {
    do {
      return try operationReader.read(entry)
    } catch {
      throw .writtenByLaterStep("log index \(entry.index): \(error)")
    }
  }

  /// Puts the state that came from the leader in the place of this node's own.
  private func install(_ received: ReceivedState) {
    guard let state = received.takeState() else {
      preconditionFailure("a snapshot is installed once")
    }
    // One of this node's own that is being written is older.
    snapshots.beingWritten?.cancel()
    let index = received.file.record.index
    // Otherwise the last to hold the keys it had would be this thread, and with the store's lock:
    // freeing a million of them takes a third of a second.
    var replaced: StoreSnapshot? = store.snapshot()
    state.restore(store, applied: index)
    host.free(replaced.take())
    advanceTime(to: store.latestStamp)
    roster = received.roster
    counts.snapshotsInstalled += 1
    noteSnapshot()
    membersChanged()
    noteOwnRemoval()
    log(.info("snapshot_installed", ["index": index, "keys": store.fileCount]))
  }
}

extension Outcome {
  /// Takes removed directories out of the events: an answer only says that they are gone.
  mutating func takeRemovedDirectories() -> [Directory] {
    guard case .success(var events) = result,
      events.contains(where: { $0.removedDirectory != nil })
    else { return [] }
    let removed = events.compactMap(\.removedDirectory)
    for place in events.indices { events[place].removedDirectory = nil }
    self = Outcome(result: .success(events), storeIndex: storeIndex)
    return removed
  }

  /// The outcome of an operation which is not the store's.
  static func none(at store: KeyValueStore) -> Outcome {
    Outcome(result: .success([]), storeIndex: store.storeIndex)
  }
}

extension Directory {
  /// Whether to free it takes longer than to begin a thread for that.
  fileprivate var isLarge: Bool {
    descendants(of: .root).lazy.prefix(1_000).count { _ in true } == 1_000
  }
}
