import Raft
import Store

/// Something a client asked for, on its way through the log.
///
/// A reference, because it goes from list to list; only the node's thread has any.
final class Pending {
  private(set) var operation: Operation
  /// Whether this node has stamped it, so that it is what stands in the log.
  private(set) var isStamped = false
  /// Who waits for the outcome; nil for what another node forwarded, which waits over there.
  let continuation: UnsafeContinuation<Result<Outcome, ProposalError>, Never>?
  /// The tick after which nobody should have to wait any longer.
  let deadline: UInt64
  /// How many bytes it has on its way.
  var bytes = 0
  /// How many ticks beyond the deadline it may take while there is a leader: what it and the writes before it
  /// need to travel.
  var grace: UInt64 = 0
  /// To whom it was forwarded, until that one says where it stands.
  var forwardedTo: Leadership? { didSet { lastCall = nil } }
  /// The tick after which that one is not waited for any more: another node leads by now.
  var lastCall: UInt64?

  init(
    _ operation: Operation,
    _ continuation: UnsafeContinuation<Result<Outcome, ProposalError>, Never>?, deadline: UInt64
  ) {
    self.operation = operation
    self.continuation = continuation
    self.deadline = deadline
  }

  /// Takes the operation as it stands in the log.
  func stamped(as operation: Operation) {
    self.operation = operation
    isStamped = true
  }
}

/// Who leads, and when.
struct Leadership: Hashable {
  var leader: NodeID
  var term: Term
}

/// A read that is not known to be linearizable yet: a client's, or, without a continuation, the node's
/// own.
struct PendingRead {
  let continuation: UnsafeContinuation<Result<Void, ProposalError>, Never>?
  let deadline: UInt64
}

/// Tasks to be resumed when the thread has done its work: whoever is answered may go on at once, and
/// all of them together wake their loop only once.
struct Answers {
  private var outcomes:
    [(UnsafeContinuation<Result<Outcome, ProposalError>, Never>, Result<Outcome, ProposalError>)] =
      []
  private var reads: [(UnsafeContinuation<Result<Void, ProposalError>, Never>, ProposalError?)] = []

  mutating func add(_ pending: Pending, _ result: Result<Outcome, ProposalError>) {
    if let continuation = pending.continuation { outcomes.append((continuation, result)) }
  }

  mutating func add(_ read: PendingRead, _ error: ProposalError? = nil) {
    if let continuation = read.continuation { reads.append((continuation, error)) }
  }

  mutating func resumeAll() {
    for (continuation, result) in outcomes { continuation.resume(returning: result) }
    for (continuation, error) in reads {
      continuation.resume(returning: error.map { .failure($0) } ?? .success(()))
    }
    outcomes.removeAll(keepingCapacity: true)
    reads.removeAll(keepingCapacity: true)
  }
}
