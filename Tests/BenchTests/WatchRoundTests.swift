import Foundation
import RunSupport
import Testing

@testable import mini_etcd_bench

/// Watchers are all told, or it is said how many were not.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct WatchRoundTests {
  @Test func `every watcher is told of every write`() async throws {
    try await SmallStore.serving(SmallStore()) { target, loops in
      let outcome = await WatchRound(
        target: target, watchers: 20, writes: 2, valueBytes: 50, deadline: .seconds(60)
      ).run(on: loops, writerLoop: loops[0])
      #expect(outcome.failures == Failures())
      #expect(outcome.told.count == 40)
      #expect(outcome.allTold.count == 2)
      #expect(outcome.written.count == 2)
      #expect(outcome.processorSeconds == nil, "no process is known")
      #expect(outcome.allTold.allSatisfy { $0 > .zero })
      #expect(outcome.told.longest == outcome.allTold.max())
    }
  }

  @Test func `a watcher told something else is counted as wrong`() async throws {
    try await SmallStore.serving(SmallStore(.wrongEvery(6))) { target, loops in
      let outcome = await WatchRound(
        target: target, watchers: 10, writes: 1, valueBytes: 50, deadline: .seconds(60)
      ).run(on: loops, writerLoop: loops[0])
      #expect(outcome.failures.count == 1)
      #expect(outcome.told.count == 9 || outcome.told.count == 10)
    }
  }

  #if os(Linux)
    @Test func `what telling the watchers costs is read from the process`() async throws {
      try await SmallStore.serving(SmallStore()) { target, loops in
        let own = Target(
          name: "a", endpoint: target.endpoint, api: target.api,
          process: Int(ProcessInfo.processInfo.processIdentifier))
        let outcome = await WatchRound(
          target: own, watchers: 5, writes: 1, valueBytes: 50, deadline: .seconds(60)
        ).run(on: loops, writerLoop: loops[0])
        #expect(outcome.processorSeconds.map { $0 > 0 } == true)
        let tally = await LoadRoundTests.round(own, readPercent: 0).run(on: loops)
        #expect(tally.processorMicrosecondsEach.map { $0 > 0 } == true)
      }
    }

    @Test func `memory is read while connections and watchers stand there`() async throws {
      try await SmallStore.serving(SmallStore()) { target, loops in
        let outcome = await Footprint(
          load: LoadRoundTests.round(target), firstKey: 0,
          process: Int(ProcessInfo.processInfo.processIdentifier), idleConnections: 10, watchers: 5
        ).measure(on: loops)
        #expect(outcome?.failures == Failures())
        #expect(outcome?.bytesPerKey != nil)
      }
    }
  #endif
}
