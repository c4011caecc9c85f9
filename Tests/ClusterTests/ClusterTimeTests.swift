import Raft
import Store
import Synchronization
import Testing

@testable import Cluster

/// A clock that goes when it is told to.
private final class SetClock: TimeSource {
  private let time: Mutex<Int64>
  init(seconds: Int64) { time = Mutex(seconds * 1_000_000) }
  var now: Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
  func pass(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000 } }
}

@Suite(.timeLimit(.minutes(5))) struct ClusterTimeTests {
  @Test(arguments: [-3_600, -2, 0, 2, 3_600] as [Int64])
  func `a member whose clock is wrong leads on in the time of the leader before`(_ error: Int64) {
    let leader = SetClock(seconds: 100_000)
    let clock = SetClock(seconds: 100_000 + error)
    let time = ClusterTime(clock)
    #expect(time.now == clock.now, "before it has heard a leader it goes by its own")
    for _ in 0..<20 {
      leader.pass(milliseconds: 100)
      clock.pass(milliseconds: 100)
      time.follow(leader.now)
      #expect(time.now == leader.now)
    }
    // That one is gone; nothing jumps.
    clock.pass(milliseconds: 60_000)
    leader.pass(milliseconds: 60_000)
    #expect(time.now == leader.now)
    #expect(time.own == clock.now)
  }

  @Test func `a message that is late changes the time by a millisecond at the most`() {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    time.follow(clock.now)
    for _ in 0..<10 {
      let before = time.now
      let sent = clock.now
      clock.pass(milliseconds: 100)
      time.follow(sent)
      #expect(time.now.microseconds >= before.microseconds + 99_000)
    }
    // The first one that is not late sets it right.
    time.follow(clock.now)
    #expect(time.now == clock.now)
  }

  @Test(arguments: [Int64.min, -1, .max]) func `no time is too strange to be heard`(
    _ strange: Int64
  ) {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    time.follow(Timestamp(microseconds: strange))
    _ = time.now
    time.follow(clock.now)
    #expect(time.now == clock.now)
  }

  @Test func `a clock that differs is told of once, and once when it has changed`() {
    let lines = Mutex<[String]>([])
    let clocks = PeerClocks { line in lines.withLock { $0.append(line) } }
    let ours = SetClock(seconds: 100_000)
    func hear(seconds: Int64, for rounds: Int) {
      for round in 0..<rounds {
        ours.pass(milliseconds: 100)
        // Every third message has been on its way for half a second.
        let delay: Int64 = round % 3 == 0 ? 500_000 : 0
        let theirs = ours.now.microseconds + seconds * 1_000_000 - delay
        clocks.note(NodeID(2), called: "node2", Timestamp(microseconds: theirs), ours.now)
      }
    }
    hear(seconds: 0, for: 100)
    hear(seconds: 1, for: 100)
    #expect(lines.withLock { $0 }.isEmpty)
    #expect(clocks.greatest == .seconds(1))
    hear(seconds: 3_600, for: 200)
    hear(seconds: -5, for: 200)
    hear(seconds: 0, for: 200)
    let events = lines.withLock { $0 }.map { $0.split(separator: " ")[0] }
    #expect(
      events == ["event=clock_difference", "event=clock_difference", "event=clocks_agree"],
      "\(lines.withLock { $0 })")
    #expect(clocks.greatest == .zero)
  }
}
