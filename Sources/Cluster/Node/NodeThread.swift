import Loop
import Platform
import Raft
import Replication
import WAL

/// The thread that turns a replica.
///
/// ```
///   mailbox ──► hear all there is ──► one turn ──► mailbox ...
/// ```
struct NodeThread {
  private let replica: Replica
  private let mailbox: Mailbox<ReplicaInput>
  private let backlog: PeerBacklog

  init(_ replica: Replica, fedBy mailbox: Mailbox<ReplicaInput>, _ backlog: PeerBacklog) {
    self.replica = replica
    self.mailbox = mailbox
    self.backlog = backlog
  }

  /// Works until the node is closed.
  /// - Returns: who waits for that.
  consuming func run() -> [Reply<Void>] {
    var inputs: [ReplicaInput] = []
    do throws(JournalError) {
      try replica.begin()
      while !replica.isClosed {
        mailbox.receive(into: &inputs, until: replica.nextTurn)
        for input in inputs {
          try replica.hear(input)
          if case .peer(_, _, let bytes) = input { backlog.remove(bytes) }
        }
        try replica.turn()
      }
    } catch {
      replica.noteFailure(error)
      // Not `exit`: no other code of this process may run.
      Platform.exitAtOnce(1)
    }
    for input in mailbox.close() { input.refuse() }
    return replica.closing
  }
}

/// What a replica needs of the process it runs in: see ``ReplicaHost``.
final class NodeHost: ReplicaHost {
  private let transport: Transport
  private let mailbox: Mailbox<ReplicaInput>
  private let disk: any Disk & Sendable
  private let onRemoval: Signal

  init(
    _ transport: Transport, feeding mailbox: Mailbox<ReplicaInput>,
    sendingFrom disk: any Disk & Sendable,
    onRemoval: Signal
  ) {
    self.transport = transport
    self.mailbox = mailbox
    self.disk = disk
    self.onRemoval = onRemoval
  }

  var now: ContinuousClock.Instant { .now }

  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {
    transport.send(messages, to: peer, on: lane)
  }

  func sendSnapshot(_ message: Message, _ record: SnapshotRecord) {
    transport.sendSnapshot(message, record, of: disk) { [mailbox] failure in
      mailbox.post(.snapshotSent(to: message.to, failure: failure))
    }
  }

  func connect(to members: [MemberRecord]) { transport.connect(to: members) }

  func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?) {
    Platform.startThread { [mailbox] in
      if let result = work() { mailbox.post(result) }
    }
  }

  func run<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value, while meanwhile: () -> Void
  ) -> Value {
    let result = Background(work)
    meanwhile()
    return result.wait()
  }

  func noteRemoval() { onRemoval.raise() }

  func randomNumber() -> UInt64 { .random(in: 1 ... .max) }
}
