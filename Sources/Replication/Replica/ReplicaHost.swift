package import Raft
import Synchronization
package import WAL

/// What a replica needs from its surroundings, beside a disk and a clock for the keys
/// (``ClusterTime``): a network, a stopwatch, and other threads for long work.
///
/// A node gives it sockets and threads, a simulation virtual ones. Nothing but ``run(_:while:)``
/// waits, and nothing calls the replica back: what comes of it arrives as ``ReplicaInput`` in a
/// later turn.
package protocol ReplicaHost: AnyObject {
  /// Measures syncs and the wait for company (``BatchDelay``).
  var now: ContinuousClock.Instant { get }

  /// Sends messages to a peer. They may be lost; on one lane those that arrive are in order.
  ///
  /// - Note: if it is certain that they never arrived, the numbers they forward
  ///   (``PendingMessages/forwarded``) are answered with ``ForwardResult/notNow``.
  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane)

  /// Sends the snapshot that `record` describes; ``ReplicaInput/snapshotSent(to:failure:)``
  /// follows.
  func sendSnapshot(_ message: Message, _ record: SnapshotRecord)

  /// Reaches these members from now on, and no others.
  func connect(to members: [MemberRecord])

  /// Does long work elsewhere; what it returns is heard in a later turn.
  func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?)

  /// Does `work` elsewhere while `meanwhile` goes on here, and returns what comes of it when both
  /// are done. By default one is done after the other.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value, while meanwhile: () -> Void
  ) -> Value

  /// The members have removed this node. Called once.
  func noteRemoval()

  /// Draws a number, uniformly, from 1 up to the greatest.
  func randomNumber() -> UInt64
}

extension ReplicaHost {
  /// Frees something large elsewhere: a million entries take half a second.
  ///
  /// It is not enough that the work mentions it: the caller holds the work too, often for longer
  /// than such short work takes, and whichever of the two lets go last frees what the work holds.
  /// So it is taken out.
  func free<Value: Sendable>(_ value: consuming Value) {
    let handover = Handover(value)
    runInBackground {
      handover.take()
      return nil
    }
  }
}

/// Something that one thread gives to another.
private final class Handover<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>

  init(_ value: consuming Value) { self.value = Mutex(value) }

  @discardableResult func take() -> Value? {
    value.withLock { $0.take() }
  }
}

extension ReplicaHost {
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value, while meanwhile: () -> Void
  ) -> Value {
    let value = work()
    meanwhile()
    return value
  }
}

/// One of the two ways to a peer, by what a message on it may have to wait for.
package enum Lane: Hashable, Sendable {
  /// Signs of life, votes, acknowledgements, reads: all short, and useless when they come late.
  case control
  /// The log's entries, and operations on their way into it: as large as clients make them, and in
  /// order.
  ///
  /// The results of forwarded operations travel here too: they must come before the entries
  /// themselves.
  case bulk
}
