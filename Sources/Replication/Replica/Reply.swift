package import Store

/// Where an answer goes. Each is called once.
package enum Reply<Value: Sendable>: Sendable {
  /// To a task that waits for it.
  case task(UnsafeContinuation<Value, Never>)
  /// To a function, which a simulation gives.
  case call(@Sendable (Value) -> Void)

  /// Gives the answer.
  package func callAsFunction(_ value: Value) {
    switch self {
    case .task(let continuation): continuation.resume(returning: value)
    case .call(let function): function(value)
    }
  }
}

package typealias WriteReply = Reply<Result<Outcome, ProposalError>>
package typealias ReadReply = Reply<Result<Void, ProposalError>>

/// Answers that are given at the end of a turn: a client that is answered may go on at once, and
/// all of them together wake their loop only once.
struct Answers {
  private var writes: [(WriteReply, Result<Outcome, ProposalError>)] = []
  private var reads: [(ReadReply, ProposalError?)] = []

  mutating func add(_ write: PendingWrite, _ result: Result<Outcome, ProposalError>) {
    if let reply = write.reply { writes.append((reply, result)) }
  }

  mutating func add(_ read: PendingRead, _ error: ProposalError? = nil) {
    if let reply = read.reply { reads.append((reply, error)) }
  }

  mutating func giveAll() {
    for (reply, result) in writes { reply(result) }
    for (reply, error) in reads { reply(error.map { .failure($0) } ?? .success(())) }
    writes.removeAll(keepingCapacity: true)
    reads.removeAll(keepingCapacity: true)
  }
}
