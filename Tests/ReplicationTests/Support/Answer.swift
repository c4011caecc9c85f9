import Store
import Synchronization

@testable import ReplicaSimulation
@testable import Replication

extension VirtualNode {
  /// Asks for a write.
  func put(_ key: String, _ value: String) throws -> Answer<Outcome> {
    let answer = Answer<Outcome>()
    try replica.hear(.write(.command(try Self.put(key, value)), answer.reply))
    return answer
  }

  /// Asks whether what is here is up to date.
  func read() throws -> Answer<Void> {
    let answer = Answer<Void>()
    try replica.hear(.read(answer.reply))
    return answer
  }
}

/// What a client was answered, once it was.
final class Answer<Value: Sendable>: Sendable {
  private let results = Mutex<[Result<Value, ProposalError>]>([])

  var reply: Reply<Result<Value, ProposalError>> {
    .call { [self] result in results.withLock { $0.append(result) } }
  }

  var result: Result<Value, ProposalError>? {
    results.withLock { results in
      precondition(results.count < 2, "answered twice")
      return results.first
    }
  }

  var isSuccess: Bool { if case .success? = result { true } else { false } }

  var error: ProposalError? {
    if case .failure(let error)? = result { error } else { nil }
  }
}
