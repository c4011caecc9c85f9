public import Store

/// Makes time pass: proposes ``Expire`` whenever something is due, and only then.
///
/// It looks ten times a second, which costs a glance at the earliest deadline; so a key is gone within
/// a tenth of a second of its time, plus what the log takes.
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
  ///   - isInCharge: whether to propose at all: in a cluster only the leader does.
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

  /// Has everything that is due removed, a command after the other. Before a server answers its first
  /// request this takes away what expired while no server ran.
  public func expireDue() async throws(ProposalError) {
    while isInCharge(), let next = store.nextExpiration, next <= time.now {
      let outcome = try await proposer.propose(Expire())
      // Another clock orders the log, and says that it is not so late yet: look again later.
      if case .success(let events) = outcome.result, events.isEmpty { return }
    }
  }

  /// Does so again and again, until it is cancelled. What cannot be proposed now is tried again at the
  /// next look.
  public func run() async {
    while (try? await clock.sleep(for: Self.interval)) != nil {
      do throws(ProposalError) { try await expireDue() } catch { continue }
    }
  }
}
