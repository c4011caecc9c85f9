import Bytes
import Raft
import RunSupport
import Store
import Synchronization
import Testing

@testable import Replication

/// A clock that goes when it is told to.
private final class SetClock: TimeSource {
  private let time: Mutex<Int64>
  init(seconds: Int64) { time = Mutex(seconds * 1_000_000) }
  var now: Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
  func pass(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000 } }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ClusterTimeTests {
  @Test(arguments: [-3_600, -2, 0, 2, 3_600] as [Int64])
  func `a member whose clock is wrong leads on in the time of the leader before`(_ error: Int64) {
    let leader = SetClock(seconds: 100_000)
    let clock = SetClock(seconds: 100_000 + error)
    let time = ClusterTime(clock)
    #expect(time.now == clock.now, "before it has heard a leader it goes by its own")
    #expect(time.known == nil)
    for _ in 0..<20 {
      leader.pass(milliseconds: 100)
      clock.pass(milliseconds: 100)
      time.hear(leader.now, fromLeader: true)
      #expect(time.now == leader.now)
    }
    // That one is gone; nothing jumps.
    clock.pass(milliseconds: 60_000)
    leader.pass(milliseconds: 60_000)
    time.lead()
    #expect(time.now == leader.now && time.known == leader.now)
    // From here it approaches its own clock: in a minute by 0.6 seconds.
    clock.pass(milliseconds: 60_000)
    leader.pass(milliseconds: 60_000)
    let correction = max(-600_000, min(600_000, error * 1_000_000))
    #expect(time.now.microseconds - leader.now.microseconds == correction)
    #expect(time.own == clock.now)
  }

  @Test func `who has heard no leader learns the time from those who vote for it`() {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    let cluster = Timestamp(microseconds: clock.now.microseconds - 3_600_000_000)
    time.hear(cluster, fromLeader: false)
    #expect(time.now == cluster)
    // Only the first of them; from then on it is the leader's word that counts.
    time.hear(clock.now, fromLeader: false)
    #expect(time.now == cluster)
  }

  @Test(arguments: [-3_600, 0, 5] as [Int64])
  func `a leader begins no earlier than the newest stamp in its log`(_ ahead: Int64) {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    let stamp = clock.now.adding(seconds: ahead)
    #expect(time.advance(to: stamp) == max(0, ahead) * 1_000_000)
    time.lead()
    #expect(time.now == max(stamp, clock.now))
    // A leader takes the time from no other node.
    time.hear(clock.now.adding(seconds: 60), fromLeader: true)
    #expect(time.now == max(stamp, clock.now))
    time.stopLeading()
    time.hear(clock.now.adding(seconds: 60), fromLeader: true)
    #expect(time.now == clock.now.adding(seconds: 60))
  }

  @Test func `who has heard no leader is not led back before the newest stamp in its log`() {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    let stamp = clock.now.adding(seconds: -60)
    #expect(time.advance(to: stamp) == 0)
    time.hear(clock.now.adding(seconds: -3_600), fromLeader: false)
    #expect(time.now == stamp)
  }

  @Test func `messages that are late take a twentieth off the time that passes at the most`() {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    time.hear(clock.now, fromLeader: true)
    for round in 0..<200 {
      let before = time.now
      let sent = clock.now
      let passes: Int64 = round % 2 == 0 ? 100 : 1
      clock.pass(milliseconds: passes)
      time.hear(sent, fromLeader: true)
      #expect(time.now.microseconds >= before.microseconds + passes * 950)
    }
    // The first one that is not late sets it right.
    time.hear(clock.now, fromLeader: true)
    #expect(time.now == clock.now)
  }

  @Test func `a member that is often asked what time it is follows its leader back all the same`() {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    time.hear(clock.now.adding(seconds: 1), fromLeader: true)
    // The leader's time is a second less from here on: the member needs twenty to come down to it.
    for millisecond in 1...21_000 {
      let before = time.now
      clock.pass(milliseconds: 1)
      #expect(time.now >= before)
      if millisecond % 100 == 0 { time.hear(clock.now, fromLeader: true) }
    }
    #expect(time.now == clock.now)
  }

  @Test(arguments: [Int64.min, -1, 1 << 53, .max]) func `a time that no clock says is not heard`(
    _ strange: Int64
  ) {
    let clock = SetClock(seconds: 100_000)
    let time = ClusterTime(clock)
    time.hear(Timestamp(microseconds: strange), fromLeader: true)
    #expect(time.now == clock.now)
    time.hear(clock.now.adding(seconds: 9), fromLeader: true)
    #expect(time.now == clock.now.adding(seconds: 9))
  }

  @Test func `a time a year beyond this node's clock and log is not heard`() {
    let clock = SetClock(seconds: 100_000)
    let year: Int64 = 366 * 86_400
    for isLeader in [false, true] {
      let time = ClusterTime(clock)
      time.hear(clock.now.adding(seconds: year + 1), fromLeader: isLeader)
      #expect(time.now == clock.now && time.known == nil)
      time.hear(clock.now.adding(seconds: year), fromLeader: isLeader)
      #expect(time.now == clock.now.adding(seconds: year))
    }
    // A machine without a clock goes by its log.
    let time = ClusterTime(clock)
    time.goOn(from: clock.now.adding(seconds: 50 * year))
    time.hear(clock.now.adding(seconds: 51 * year), fromLeader: false)
    #expect(time.now == clock.now.adding(seconds: 51 * year))
  }

  @Test func `a clock that differs is told of once, and once when it has changed`() {
    let lines = Mutex<[String]>([])
    let clocks = PeerClocks { line in lines.withLock { $0.append(line.event) } }
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
    #expect(
      lines.withLock { $0 } == ["clock_difference", "clock_difference", "clocks_agree"])
    #expect(clocks.greatest == .zero)
  }
}
