public import Store

/// Makes time pass: proposes ``Expire`` whenever a key is due, and only then.
///
/// It looks at the earliest deadline ten times per second. So a key is removed within a tenth of a
/// second of its time, plus the time the log takes.
public struct Expirer<C: Clock>: Sendable where C.Duration == Duration {
  /// How often it looks.
  public static var interval: Duration { .milliseconds(100) }

  private let store: KeyValueStore
  private let proposer: any Proposer
  private let time: any TimeSource
  private let clock: C
  private let isInCharge: @Sendable () -> Bool

  /// - Parameters:
  ///   - time: what deadlines are compared with; the proposer's own.
  ///   - clock: what it sleeps by.
  ///   - isInCharge: whether to propose: in a cluster only the leader does.
  public init(
    _ store: KeyValueStore, _ proposer: any Proposer, time: any TimeSource, clock: C,
    isInCharge: @escaping @Sendable () -> Bool = { true }
  ) {
    self.store = store
    self.proposer = proposer
    self.time = time
    self.clock = clock
    self.isInCharge = isInCharge
  }

  /// Removes everything that is due, one command after the other. Called before a server answers
  /// its first request, it removes what expired while no server ran.
  public func expireDue() async throws(ProposalError) {
    while isInCharge(), let next = store.nextExpiration, next <= time.now {
      let outcome = try await proposer.propose(Expire())
      // Another clock orders the log, and by that one the key is not due yet: look again later.
      if case .success(let events) = outcome.result, events.isEmpty { return }
    }
  }

  /// Repeats this until it is cancelled. If a proposal fails, the next look tries again.
  public func run() async {
    while (try? await clock.sleep(for: Self.interval)) != nil {
      do throws(ProposalError) { try await expireDue() } catch { continue }
    }
  }
}
