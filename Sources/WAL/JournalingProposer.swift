public import Bytes
import Loop
import Platform
public import Store

/// The proposer of a lone node: a command is on the disk before it is applied, and applied before
/// it is answered.
///
///     loop ─┐ propose                               ┌─ resume ─► loop
///     loop ─┼─────────► mailbox ─► the log's thread ┤
///     loop ─┘                      │                └─ apply in order
///                                  └─ encode all ─► one write ─► one sync
///
/// While one batch is being synced, the next one gathers in the mailbox: the slower the disk, the
/// larger the batches (group commit). There is no timer.
///
/// The disk is touched by the log's thread alone, but for snapshots, which have a thread of their
/// own each and do not stop the writes.
public struct JournalingProposer: Proposer {
  private let mailbox: Mailbox<LogMessage>

  /// What there was when a data directory was opened.
  public struct Report: Sendable {
    /// How many entries after the snapshot were applied.
    public let entries: Int
    /// The snapshot's index, if there is one.
    public let snapshot: LogIndex?
    /// A line for people, if a crash had left an unfinished batch.
    public let tornTail: String?
  }

  /// Opens a data directory, has `store` hold what is there, and starts the log's thread.
  ///
  /// - Parameters:
  ///   - disk: the data directory.
  ///   - node: the name a new directory is given.
  ///   - store: its content is replaced.
  ///   - registry: the commands that may be in the log.
  ///   - time: stamps what is proposed; goes on from the newest stamp in the log.
  ///   - snapshots: when to write a snapshot.
  ///   - sections: what a snapshot holds beside the store.
  ///   - log: is given a line for people now and then.
  /// - Throws: ``JournalError``, whose description says it all in one line.
  public static func open(
    _ disk: any Disk & Sendable, node: String = "node1", store: KeyValueStore,
    registry: CommandRegistry,
    time: any TimeSource, snapshots: SnapshotPolicy = SnapshotPolicy(),
    sections: [any SnapshotSection] = [], log: @escaping @Sendable (LogLine) -> Void
  ) throws(JournalError) -> (proposer: JournalingProposer, report: Report) {
    var loader = StateLoader(sections)
    var reader = CommandReader(registry)
    var commands: [any Command] = []
    let (journal, recovered) = try Journal.open(
      disk, identity: .random(node: node),
      hardState: HardStateRecord(term: .loneNode, vote: nil, commit: .zero),
      restore: { line throws(JournalError) in
        if let line { try loader.load(line) } else { loader = StateLoader(sections) }
      },
      replay: { entry throws(JournalError) in commands.append(try reader.command(in: entry)) })
    let start = journal.snapshot?.index ?? .zero
    loader.finish().restore(store, applied: start)
    for (command, index) in zip(commands, (start.rawValue + 1)...) {
      _ = store.apply(command, at: LogIndex(index))
    }
    store.deliver()
    if let stamp = store.latestStamp { time.goOn(from: stamp) }
    let report = Report(
      entries: recovered.entries.count, snapshot: journal.snapshot?.index,
      tornTail: recovered.tornTail)

    let mailbox = Mailbox<LogMessage>()
    // Handed to the thread, which alone uses it from then on.
    nonisolated(unsafe) var thread: LogThread? = LogThread(
      journal, on: disk, applyingTo: store, time: time, mailbox: mailbox, policy: snapshots,
      sections: sections,
      recovered: (recovered.entries.count, recovered.entries.reduce(0) { $0 + $1.payload.count }),
      log: log)
    Platform.startThread {
      let waiting = thread.take()?.run() ?? []
      // Now that the thread has let go of the directory.
      for continuation in waiting { continuation.resume() }
    }
    return (JournalingProposer(mailbox: mailbox), report)
  }

  public func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
    let result = await withUnsafeContinuation { continuation in
      send(.proposal(WaitingCommand(command: command, continuation: continuation)))
    }
    return try result.get()
  }

  /// Returns at once: what was acknowledged has been applied.
  public func barrier() async throws(ProposalError) {}

  /// Ends the log in good order: what was proposed before is written and answered, what is proposed
  /// after it refused.
  public func close() async {
    await withUnsafeContinuation { continuation in send(.close(continuation)) }
  }

  /// How many proposals have not come to the log's thread yet.
  package var waiting: Int { mailbox.count }

  /// Whether the log's thread sleeps until something is proposed.
  var isIdle: Bool { mailbox.hasSleepingReceiver }

  private func send(_ message: LogMessage) {
    if !mailbox.post(message) { message.refuse() }
  }
}

/// A command, and the task that waits for its outcome.
struct WaitingCommand: Sendable {
  var command: any Command
  let continuation: UnsafeContinuation<Result<Outcome, ProposalError>, Never>
}

/// What the log's thread is asked to do.
enum LogMessage: Sendable {
  case proposal(WaitingCommand)
  /// A snapshot's thread has come to its end; nil if it was called off.
  case snapshotWritten(Result<SnapshotRecord?, JournalError>)
  case close(UnsafeContinuation<Void, Never>)

  /// Answers it after the log was closed.
  func refuse() {
    switch self {
    case .proposal(let proposal):
      proposal.continuation.resume(returning: .failure(.notAccepted("the server is stopping")))
    case .snapshotWritten: break
    case .close(let continuation): continuation.resume()
    }
  }
}
