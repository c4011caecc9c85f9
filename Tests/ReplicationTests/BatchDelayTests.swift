import RandomSupport
import RunSupport
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct BatchDelayTests {
  private let start = ContinuousClock.now

  /// What became of the waiting writes at each moment: "go", or until when they wait.
  private func told(
    _ moments: [(at: Duration, waiting: Int, underWay: Int)]
  ) -> [Duration?] {
    var delay = BatchDelay()
    return moments.map { moment in
      delay.end(waiting: moment.waiting, underWay: moment.underWay, now: start + moment.at)
        .map { $0 - start }
    }
  }

  @Test func `a client that is alone never waits`() {
    let told = told([
      (.zero, 1, 0), (.milliseconds(1), 0, 1), (.milliseconds(2), 0, 0), (.milliseconds(3), 1, 0),
      (.seconds(9), 1, 0),
    ])
    #expect(told == [nil, nil, nil, nil, nil])
  }

  @Test func `two groups that take turns become one`() {
    let told = told([
      (.zero, 4, 0),
      // The other group comes while the first is under way, and waits for it to come back.
      (.microseconds(100), 4, 4), (.microseconds(500), 4, 0), (.microseconds(700), 6, 0),
      (.microseconds(800), 8, 0),
    ])
    #expect(
      told == [nil, .microseconds(2100), .microseconds(1000), .microseconds(1200), nil])
  }

  @Test func `who does not come back is not waited for again`() {
    let told = told([
      (.zero, 4, 0), (.milliseconds(1), 0, 0), (.milliseconds(2), 2, 0),
      (.microseconds(2500), 2, 0),
      (.milliseconds(3), 0, 0), (.milliseconds(4), 2, 0),
    ])
    #expect(told == [nil, nil, .microseconds(2500), nil, nil, nil])
  }

  @Test func `while a batch is long under way the next one goes`() {
    let told = told([
      (.zero, 8, 0), (.milliseconds(1), 2, 8), (.microseconds(2999), 3, 8),
      (.milliseconds(3), 3, 8),
      (.milliseconds(4), 2, 11), (.milliseconds(6), 2, 11),
    ])
    #expect(told == [nil, .milliseconds(3), .milliseconds(3), nil, .milliseconds(6), nil])
  }

  @Test func `one in eight may be late, and enough is enough`() {
    #expect(told([(.zero, 16, 0), (.zero, 0, 0), (.zero, 13, 0)]).last != .some(nil))
    #expect(told([(.zero, 16, 0), (.zero, 0, 0), (.zero, 14, 0)]).last == .some(nil))
    #expect(
      told([(.zero, 500, 0), (.zero, 0, 0), (.zero, BatchDelay.enough, 0)]).last == .some(nil))
  }

  @Test(arguments: seeds) func `nobody waits beyond the limit, whatever comes`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<200 {
      var delay = BatchDelay()
      var (now, waiting, underWay) = (start, 0, 0)
      var oldest: ContinuousClock.Instant?
      for _ in 0..<100 {
        now += .microseconds(Int.random(in: 1...400, using: &random))
        let came = Int.random(in: 0...5, using: &random)
        if came > 0, waiting == 0 { oldest = now }
        waiting += came
        underWay = Int.random(in: 0...underWay, using: &random)
        if let end = delay.end(waiting: waiting, underWay: underWay, now: now) {
          #expect(end > now)
          if let oldest { #expect(end <= oldest + BatchDelay.limit) }
        } else {
          (underWay, waiting, oldest) = (underWay + waiting, 0, nil)
        }
      }
    }
  }
}
