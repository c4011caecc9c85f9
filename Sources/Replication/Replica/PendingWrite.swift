import Raft
import Store

/// An operation on its way through the log.
///
/// A reference, because it moves from list to list; only the replica holds any.
final class PendingWrite {
  let operation: Operation
  /// As this node has stamped it, and its log holds it.
  var stamped: Operation?
  /// Who waits for the outcome; nil for what another node forwarded: the client waits there.
  let reply: WriteReply?
  /// The last tick that its client waits for.
  let deadline: UInt64
  /// Bytes that it takes in the log.
  var bytes = 0
  /// Ticks beyond the deadline that it may take while there is a leader: the time that it and the
  /// writes before it need to travel.
  var grace: UInt64 = 0
  /// The leader it was forwarded to, until its log position is known.
  var forwardedTo: LeaderTerm? { didSet { lastCall = nil } }
  /// The last tick at which the answer of a former leader is waited for.
  var lastCall: UInt64?

  init(_ operation: Operation, _ reply: WriteReply?, deadline: UInt64) {
    self.operation = operation
    self.reply = reply
    self.deadline = deadline
  }
}

/// Who leads, and in which term.
struct LeaderTerm: Hashable {
  var leader: NodeID
  var term: Term
}

/// A read that is not known to be linearizable yet: a client's, or, without a reply, the node's
/// own.
struct PendingRead {
  let reply: ReadReply?
  /// The last tick that its client waits for.
  let deadline: UInt64
}
