/// The entrance for writes: it puts commands in one order, makes that order as durable as it can,
/// and has the state machine apply them.
///
/// The second extension point for later steps. Step 1 applies at once; step 3 writes to a journal
/// first; step 6 asks a quorum. A handler that proposes does not know which.
public protocol Proposer: Sendable {
  /// Has the command applied, and returns its outcome.
  ///
  /// A refused command is an outcome; a thrown error means that the command could not be ordered.
  func propose(_ command: any Command) async throws(ProposalError) -> Outcome

  /// Returns once a read of the local store sees every write acknowledged before the call.
  func barrier() async throws(ProposalError)
}

/// Why a command could not be put in order.
public enum ProposalError: Error, Hashable, Sendable {
  /// It was not applied and never will be; the reason, for people.
  case notAccepted(String)
  /// It was not applied and never will be, because it is too large for the log; the reason, for
  /// people.
  case tooLarge(String)
  /// It may have been applied, or may yet be. It must not be repeated blindly.
  case unknown(String)
}

extension ProposalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAccepted(let reason), .tooLarge(let reason), .unknown(let reason): reason
    }
  }
}

/// The proposer of one process without a disk: the order is that of the calls.
public struct DirectProposer: Proposer {
  private let store: KeyValueStore
  private let time: (any TimeSource)?

  /// Without a time source commands are not stamped, so a time to live has no beginning.
  public init(_ store: KeyValueStore, time: (any TimeSource)? = nil) {
    self.store = store
    self.time = time
  }

  public func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
    guard let time else { return store.applyNext(command) }
    var command = command
    command.stamp(by: time)
    return store.applyNext(command)
  }

  public func barrier() async throws(ProposalError) {}
}
