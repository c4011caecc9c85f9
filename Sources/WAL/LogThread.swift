import Bytes
import Loop
import Platform
import Store

/// When a lone node writes a snapshot: when the log since the last one has this many entries or
/// bytes, and is at least as long as the snapshot.
///
/// So a start reads not much more than the store is large, and the disk writes at most twice what
/// the log alone would write.
public struct SnapshotPolicy: Sendable {
  public var entries = 100_000
  public var bytes = 64 << 20

  public init() {}
}

/// The owner of a lone node's log: what its thread does.
///
/// It alone touches the journal, stamps commands, applies them and answers the tasks that wait. A
/// disk that fails ends the process here: at once and with one line, so that nothing is
/// acknowledged that may be lost.
final class LogThread {
  private let journal: Journal
  private let disk: any Disk & Sendable
  private let store: KeyValueStore
  private let time: any TimeSource
  private let mailbox: Mailbox<LogMessage>
  private let policy: SnapshotPolicy
  private let sections: [any SnapshotSection]
  private let log: @Sendable (LogLine) -> Void

  private var proposals: [WaitingCommand] = []
  private var outcomes: [Outcome] = []
  private var sinceSnapshot: (entries: Int, bytes: Int)
  /// The snapshot that is being written, if one is: to call it off.
  private var snapshotBeingWritten: CancellationFlag?
  private var closing: [UnsafeContinuation<Void, Never>] = []
  private var isClosed = false

  init(
    _ journal: Journal, on disk: any Disk & Sendable, applyingTo store: KeyValueStore,
    time: any TimeSource,
    mailbox: Mailbox<LogMessage>, policy: SnapshotPolicy, sections: [any SnapshotSection],
    recovered: (entries: Int, bytes: Int), log: @escaping @Sendable (LogLine) -> Void
  ) {
    self.journal = journal
    self.disk = disk
    self.store = store
    self.time = time
    self.mailbox = mailbox
    self.policy = policy
    self.sections = sections
    self.log = log
    sinceSnapshot = recovered
  }

  /// Writes what comes in until the log is closed.
  /// - Returns: who waits for that.
  func run() -> [UnsafeContinuation<Void, Never>] {
    var messages: [LogMessage] = []
    while !isClosed {
      mailbox.receive(into: &messages)
      do throws(JournalError) { try handle(messages) } catch {
        log(.error("failed", ["reason": "\(error)"]))
        // Not `exit`: no other code of this process may run.
        Platform.exitAtOnce(1)
      }
    }
    // What came in meanwhile.
    for message in mailbox.close() { message.refuse() }
    return closing
  }

  private func handle(_ messages: [LogMessage]) throws(JournalError) {
    for message in messages {
      switch message {
      case .proposal(let proposal): proposals.append(proposal)
      case .snapshotWritten(let result): try adopt(result)
      case .close(let continuation): closing.append(continuation)
      }
    }
    try writeProposals()
    if !closing.isEmpty {
      try close()
    } else if isSnapshotDue {
      try startSnapshot()
    }
  }

  /// Makes the commands durable, applies them, and only then says so.
  private func writeProposals() throws(JournalError) {
    if proposals.isEmpty { return }
    defer { proposals.removeAll(keepingCapacity: true) }
    for place in proposals.indices { proposals[place].command.stamp(by: time) }
    var index = journal.lastIndex
    let length: Int
    do throws(JournalError) {
      length = try journal.append { batch in
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
    // Last: a writer does not wait until all watchers are told.
    store.deliver()
  }

  /// Ends the log, as soon as no other thread writes in its directory.
  private func close() throws(JournalError) {
    if let snapshotBeingWritten { return snapshotBeingWritten.cancel() }
    do throws(JournalError) { try journal.close() } catch {
      // Without the last record the log is as good as after a crash: sound.
      guard case .noSpace = error else { throw error }
    }
    isClosed = true
  }
}

// MARK: - Snapshots

extension LogThread {
  private var isSnapshotDue: Bool {
    snapshotBeingWritten == nil
      && (sinceSnapshot.entries >= policy.entries || sinceSnapshot.bytes >= policy.bytes)
      && sinceSnapshot.bytes >= journal.snapshot?.bytes ?? 0
  }

  /// Has a thread of its own write the state as it is now.
  private func startSnapshot() throws(JournalError) {
    sinceSnapshot = (0, 0)
    do throws(JournalError) { try journal.rotate() } catch { return try report(error) }
    let (disk, mailbox, state) = (disk, mailbox, CapturedState(store, sections))
    let flag = CancellationFlag()
    snapshotBeingWritten = flag
    Platform.startThread {
      let result = Result { () throws(JournalError) in
        try state.writeFile(on: disk, at: state.appliedIndex, .loneNode, unless: flag)
      }
      mailbox.post(.snapshotWritten(result))
    }
  }

  private func adopt(_ result: Result<SnapshotRecord?, JournalError>) throws(JournalError) {
    snapshotBeingWritten = nil
    do throws(JournalError) {
      if let snapshot = try result.get() { try journal.adopt(snapshot) }
    } catch { try report(error) }
  }

  /// Without space for a snapshot the log just grows; the next one may fit.
  private func report(_ error: JournalError) throws(JournalError) {
    guard case .noSpace(let reason) = error else { throw error }
    log(.warn("no_snapshot", ["reason": reason]))
  }
}

extension Term {
  /// That of a node without others: there are no elections, so one is enough.
  static let loneNode = Term(1)
}
