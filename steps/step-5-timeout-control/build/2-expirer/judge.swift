import Store
import Synchronization
import Timeout

/// Applies commands at once, counts them, and can be made to fail.
private final class CountingProposer: Proposer {
  private let direct: DirectProposer
  private let state = Mutex((count: 0, failures: 0))

  init(_ store: KeyValueStore, time: any TimeSource) { direct = DirectProposer(store, time: time) }

  var count: Int { state.withLock { $0.count } }

  func fail(_ times: Int) { state.withLock { $0.failures = times } }

  func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
    let fails = state.withLock { state in
      state.count += 1
      state.failures -= 1
      return state.failures >= 0
    }
    if fails { throw .notAccepted("the disk is full") }
    return try await direct.propose(command)
  }

  func barrier() async throws(ProposalError) {}
}

/// A store with keys that expire after so many seconds, and a clock that stands.
private struct Scene {
  let store = KeyValueStore()
  let clock = ManualClock()
  let time: ManualTime
  let proposer: CountingProposer

  /// - Parameter lag: how many seconds the clock that orders the log is behind.
  init(_ seconds: [Int64?], lag: Int64 = 0) throws {
    struct Lagging: TimeSource {
      let time: ManualTime
      let lag: Int64
      var now: Timestamp { time.now.adding(seconds: -lag) }
    }
    time = ManualTime(clock)
    proposer = CountingProposer(store, time: Lagging(time: time, lag: lag))
    for (number, seconds) in seconds.enumerated() {
      var put = Put(try Path(Array("k\(number)".utf8)), [], timeToLive: seconds)
      put.stamp(by: time)
      _ = store.applyNext(put)
    }
  }

  func expirer(isInCharge: Bool = true) -> Expirer<ManualClock> {
    Expirer(store, proposer, time: time, clock: clock, isInCharge: { isInCharge })
  }

  var told: String {
    "\(counted(store.fileCount, "key")) left, \(counted(proposer.count, "command"))"
  }

  /// Whether something sleeps by the clock within a second or two.
  func isAsleep() async -> Bool {
    for _ in 0..<2_000 {
      if clock.sleeperCount > 0 { return true }
      try? await Task.sleep(for: .milliseconds(1))
    }
    return false
  }
}

func judge() async throws {
  await asyncInvariant(1, "what is due is removed, and nothing is proposed when nothing is due") {
    let scene = try Scene([5, 3, nil])
    trying("keys that expire after 5 s, 3 s and never; the time is 2 s")
    scene.clock.advance(by: .seconds(2))
    try await scene.expirer().expireDue()
    check(Trial.input, is: "3 keys left, 0 commands") { scene.told }
    trying("the time is 3 s")
    scene.clock.advance(by: .seconds(1))
    try await scene.expirer().expireDue()
    check(Trial.input, is: "2 keys left, 1 command") { scene.told }
    trying("the time is 60 s")
    scene.clock.advance(by: .seconds(57))
    try await scene.expirer().expireDue()
    check(Trial.input, is: "1 key left, 2 commands") { scene.told }
  }
  await asyncInvariant(2, "many keys that are due go in portions, until none is left") {
    let scene = try Scene(Array(repeating: 1, count: 2_500))
    trying("2,500 keys are due, and a command removes 1,000")
    scene.clock.advance(by: .seconds(1))
    try await scene.expirer().expireDue()
    check(Trial.input, is: "0 keys left, 3 commands") { scene.told }
  }
  await asyncInvariant(3, "one that is not in charge proposes nothing") {
    let scene = try Scene([1])
    trying("a key is due, and another node leads")
    scene.clock.advance(by: .seconds(9))
    try await scene.expirer(isInCharge: false).expireDue()
    check(Trial.input, is: "1 key left, 0 commands") { scene.told }
  }
  await asyncInvariant(4, "a key that is not yet due by the log's own clock is left for later") {
    let scene = try Scene([3], lag: 2)
    trying("a key expires after 3 s; the time is 4 s here, and 2 s by the clock of the log")
    scene.clock.advance(by: .seconds(4))
    try await scene.expirer().expireDue()
    check(Trial.input, is: "1 key left, 1 command") { scene.told }
  }
  await asyncInvariant(5, "it looks again and again, also after a proposal has failed") {
    let scene = try Scene([1, 2])
    let running = Task { await scene.expirer().run() }
    trying("a key is due after 1 s, another after 2 s; the first proposal fails")
    scene.proposer.fail(1)
    for _ in 0..<25 {
      guard await scene.isAsleep() else { broken("it sleeps until its next look", "it has ended") }
      scene.clock.advance(by: Expirer<ManualClock>.interval)
    }
    guard await scene.isAsleep() else { broken("it sleeps until its next look", "it has ended") }
    check(Trial.input, is: "0 keys left, 3 commands") { scene.told }
    trying("it is cancelled")
    running.cancel()
    await running.value
  }
}
