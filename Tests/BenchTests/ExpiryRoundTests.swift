import RunSupport
import Testing

@testable import mini_etcd_bench

/// Keys that expire in a burst while others are written.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ExpiryRoundTests {
  @Test func `others are written before the burst and during it`() async throws {
    let store = SmallStore()
    try await SmallStore.serving(store) { target, loops in
      let outcome = await ExpiryRound(
        load: LoadRoundTests.round(target, readPercent: 0, requests: nil), keys: 100, timeToLive: 2
      ).run(on: loops)
      #expect(outcome.failures == Failures())
      #expect(outcome.rateBefore > 0)
      #expect(outcome.rateDuring > 0)
      #expect(outcome.burst >= outcome.late)
      #expect(outcome.late > .zero)
    }
    #expect(store.writeCount > 100)
  }

  @Test func `keys that take longer to write than they live are a failure`() async throws {
    try await SmallStore.serving(SmallStore()) { target, loops in
      let outcome = await ExpiryRound(
        load: LoadRoundTests.round(target, readPercent: 0), keys: 10, timeToLive: 1
      ).run(on: loops)
      #expect(outcome.failures.count == 1)
      #expect(outcome.failures.example?.hasSuffix("they need a longer -ttl") == true)
    }
  }

  @Test func `keys that stay are a failure`() async throws {
    // Every answer is wrong, so no write counts; and no key is ever seen to be gone.
    try await SmallStore.serving(SmallStore(.wrongEvery(1))) { target, loops in
      let outcome = await ExpiryRound(
        load: LoadRoundTests.round(target, readPercent: 0, deadline: .seconds(1)), keys: 10,
        timeToLive: 2
      ).run(on: loops)
      #expect(outcome.failures.example?.hasPrefix("wrong answer") == true)
      #expect(outcome.rateDuring == 0)
    }
  }
}
