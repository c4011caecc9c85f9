import Bytes
import RunSupport
import Testing

@testable import mini_etcd_bench

/// A round counts every answer, and knows a wrong one.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LoadRoundTests {
  static func round(
    _ target: Target, connections: Int = 7, readPercent: Int = 50, requests: Int? = 500,
    duration: Duration = .seconds(60), deadline: Duration = .seconds(60)
  ) -> LoadRound {
    LoadRound(
      target: target, connections: connections, readPercent: readPercent, keys: 20, valueBytes: 50,
      duration: duration, requests: requests, deadline: deadline, seed: 7)
  }

  @Test func `every key is written once before the rounds`() async throws {
    let store = SmallStore()
    try await SmallStore.serving(store) { target, loops in
      let tally = await Self.round(target).preload(on: loops)
      #expect(tally.failures == Failures())
      #expect(tally.times.count == 20)
    }
    #expect(store.keyCount == 20)
    #expect(store.writeCount == 20)
  }

  @Test func `keys that are there already are not written again`() async throws {
    let store = SmallStore()
    try await SmallStore.serving(store) { target, loops in
      #expect(await Self.round(target).preload(from: 15, on: loops).times.count == 5)
      #expect(await Self.round(target).preload(from: 20, on: loops).times.count == 0)
    }
    #expect(store.keyCount == 5)
  }

  @Test func `a round ends when it is told to`() async throws {
    try await SmallStore.serving(SmallStore()) { target, loops in
      var round = Self.round(target, connections: 2, readPercent: 0, requests: nil)
      round.isOver = { true }
      let tally = await round.run(on: loops)
      #expect(tally.failures == Failures())
      #expect(tally.times.count == 0)
    }
  }

  @Test func `as many requests are answered as were asked for`() async throws {
    let store = SmallStore()
    try await SmallStore.serving(store) { target, loops in
      _ = await Self.round(target).preload(on: loops)
      let tally = await Self.round(target).run(on: loops)
      #expect(tally.failures == Failures())
      #expect(tally.answers == 500)
      #expect(tally.times.count == 500)
      #expect(tally.elapsed > .zero)
      #expect(tally.answersPerSecond > 0)
      #expect(tally.longestGap <= tally.elapsed)
      #expect(tally.processorMicrosecondsEach == nil, "no process is known")
    }
    // Half of 500, give or take what a fair coin does not do once in a million times.
    #expect((195...305).contains(store.writeCount - 20))
  }

  @Test func `a round without a number of requests ends with its duration`() async throws {
    try await SmallStore.serving(SmallStore()) { target, loops in
      _ = await Self.round(target).preload(on: loops)
      let tally = await Self.round(
        target, readPercent: 100, requests: nil, duration: .milliseconds(50)
      ).run(on: loops)
      #expect(tally.failures == Failures())
      #expect(tally.elapsed == .milliseconds(50))
      #expect(tally.times.count >= 7, "each connection asks at least once")
    }
  }

  @Test func `every wrong answer is counted, and the first is shown`() async throws {
    try await SmallStore.serving(SmallStore(.wrongEvery(10))) { target, loops in
      let tally = await Self.round(target, connections: 1, readPercent: 0).run(on: loops)
      #expect(tally.failures.count == 50)
      #expect(tally.failures.example == #"wrong answer: 200 "surprise""#)
      #expect(tally.answers == 450)
    }
  }

  @Test func `reading keys that were never written is wrong`() async throws {
    try await SmallStore.serving(SmallStore()) { target, loops in
      let tally = await Self.round(target, connections: 2, readPercent: 100).run(on: loops)
      #expect(tally.answers == 0)
      #expect(tally.failures.count == 6, "three for each connection, which then gives up")
    }
  }

  @Test func `an answer that does not come is counted when its deadline has passed`() async throws {
    try await SmallStore.serving(SmallStore(.silence)) { target, loops in
      let tally = await Self.round(
        target, connections: 2, requests: 2, deadline: .seconds(1)
      ).run(on: loops)
      #expect(tally.failures.count == 2)
      #expect(tally.failures.example?.hasSuffix("timed out") == true)
    }
  }

  @Test func `a server that is not there ends the round at once`() async throws {
    // Nobody listens on port 1; a port that was free a moment ago may be another test's by now.
    let target = Target(
      name: "a", endpoint: ServerURL(address: HostPort(host: "127.0.0.1", port: 1)), api: .course,
      process: nil)
    try await SmallStore.serving(SmallStore()) { _, loops in
      let tally = await Self.round(target, connections: 4).run(on: loops)
      #expect(tally.answers == 0)
      #expect(tally.failures.count == 12)
      #expect(tally.failures.example?.hasPrefix("cannot connect: ") == true)
    }
  }
}
