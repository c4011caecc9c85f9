import Bytes
import Raft
import RunSupport
import Store
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WarningsTests {
  private let start = ContinuousClock.now

  private func moment(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func `slow syncs and batches are told of once per minute, and counted between`() {
    var warnings = Warnings(electionTimeout: .seconds(1))
    let lines = [(0, 499), (1, 500), (2, 501), (3, 9_000), (61, 499), (61, 500)].map {
      (time, milliseconds) in
      warnings.sync(took: .milliseconds(milliseconds), at: moment(Double(time)))
        .map { "\($0)" } ?? ""
    }
    #expect(
      lines == [
        "", "warn event=slow_sync milliseconds=500 skipped=0", "", "", "",
        "warn event=slow_sync milliseconds=500 skipped=2",
      ])
    // One kind does not hold back another.
    let apply = [(99, 61), (100, 62), (300, 63)].map { (milliseconds, time) in
      warnings.apply(of: 7, took: .milliseconds(milliseconds), at: moment(Double(time)))
        .map { "\($0)" } ?? ""
    }
    #expect(apply == ["", "warn event=slow_apply milliseconds=100 entries=7 skipped=0", ""])
  }

  @Test(
    arguments: [
      ([0, 0.1, 0.2, 0.6], nil), ([0, 0.5], 500), ([0, 0.1, 36_000.1], 36_000_000),
      // The first tick may come at any time.
      ([3_600], nil), ([], nil),
    ] as [([Double], Int?)])
  func `a node that had no time for half an election timeout says so`(
    ticks: [Double], milliseconds: Int?
  ) {
    var warnings = Warnings(electionTimeout: .seconds(1))
    let lines = ticks.compactMap { warnings.tick(at: moment($0)).map { "\($0)" } }
    #expect(
      lines == (milliseconds.map { ["warn event=stalled milliseconds=\($0) skipped=0"] } ?? []))
  }

  /// What is said of followers at the ticks of some seconds, a tick each second.
  private func lines(
    seconds: Int, _ state: (Int) -> (lastIndex: UInt64, followers: [NodeID: UInt64])
  ) -> [String] {
    var warnings = Warnings(electionTimeout: .seconds(1))
    return (0..<seconds).flatMap { second in
      let (lastIndex, followers) = state(second)
      return warnings.progress(
        of: followers.keys.sorted { $0.rawValue < $1.rawValue }
          .map { ($0, LogIndex(followers[$0] ?? 0)) },
        lastIndex: LogIndex(lastIndex), at: moment(Double(second)), called: { "node\($0.rawValue)" }
      ).map { "\(second) \($0)" }
    }
  }

  @Test func `a follower is behind that lacks what its leader had ten seconds before`() {
    let (near, far) = (NodeID(2), NodeID(3))
    // Written to at a thousand entries per second; one follower is nine seconds late, one stopped.
    let found = lines(seconds: 100) { second in
      let last = UInt64(second) * 1_000
      return (last, [near: last - min(last, 9_000), far: 5_000])
    }
    #expect(
      found == [
        "20 warn event=follower_behind follower=node3 entries=15000 skipped=0",
        "80 warn event=follower_behind follower=node3 entries=75000 skipped=5",
      ])
  }

  @Test func `a follower of an idle leader, of none, and of a new one is not behind`() {
    let one = NodeID(2)
    #expect(lines(seconds: 100) { _ in (7, [one: 7]) } == [])
    #expect(lines(seconds: 100) { _ in (7, [:]) } == [])
    // It leads for nine seconds of ten.
    #expect(lines(seconds: 100) { ($0 < 50 ? 7 : 99, $0 % 10 == 9 ? [:] : [one: 0]) } == [])
  }
}
