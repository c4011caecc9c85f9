import RandomSupport
import RunSupport
import Store
import Synchronization
import Testing

@testable import HTTPAPI

/// Both clocks of a machine, which go when they are told to.
private final class Machine: Sendable {
  private let state = Mutex((steady: Int64(5_000_000), wall: Int64(1_767_225_600_000_000)))
  let lines = Mutex<[String]>([])

  func pass(_ microseconds: Int64) {
    state.withLock { $0 = ($0.steady + microseconds, $0.wall + microseconds) }
  }

  /// An operator or NTP sets the wall clock, to so much later.
  func setWall(by microseconds: Int64) { state.withLock { $0.wall += microseconds } }

  var wall: Int64 { state.withLock { $0.wall } }
  var steady: Int64 { state.withLock { $0.steady } }

  func time() -> SteadyTime {
    SteadyTime(
      log: { line in self.lines.withLock { $0.append("\(line)") } },
      readings: { self.state.withLock { $0 } })
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct SteadyTimeTests {
  private static let hour: Int64 = 3_600_000_000

  @Test(
    arguments: [
      // The clock is set by; passes; then the time is off by.
      (0, 1_000_000, 0), (hour, 0, -hour), (hour, 1_000_000, -hour + 10_000),
      (-hour, 1_000_000, hour - 10_000), (-hour, hour, hour - hour / 100),
      (500, 1_000_000, 0), (-500, 1_000_000, 0), (10_000, 1_000_000, 0), (-10_000, 1_000_000, 0),
      (-10_001, 1_000_000, 1), (hour, 100 * hour, 0), (-hour, 100 * hour, 0), (hour, 99, -hour),
      (hour, 100, -hour + 1), (-hour, 100, hour - 1),
    ] as [(Int64, Int64, Int64)])
  func `a corrected clock is approached by a hundredth of the time that passes`(
    _ correction: Int64, _ passes: Int64, _ error: Int64
  ) {
    let machine = Machine()
    let time = machine.time()
    machine.setWall(by: correction)
    machine.pass(passes)
    #expect(time.now.microseconds - machine.wall == error)
  }

  @Test(arguments: seeds) func `time never goes back, and a second is about a second`(
    _ seed: UInt64
  ) {
    var random = SeededRandom(seed)
    for _ in 0..<rounds(20) {
      let machine = Machine()
      let time = machine.time()
      var (before, steady) = (time.now.microseconds, machine.steady)
      for _ in 0..<500 {
        if random.oneIn(10) {
          machine.setWall(by: Int64.random(in: -10_000_000...10_000_000, using: &random))
        }
        machine.pass(
          Int64.random(in: 0...(random.oneIn(3) ? 3_000_000 : 150), using: &random))
        let (now, passed) = (time.now.microseconds, machine.steady - steady)
        #expect(now >= before)
        // What earlier readings left of a whole step may come on top.
        #expect(abs(now - before - passed) <= (passed + 99) / 100)
        (before, steady) = (now, machine.steady)
      }
      // Whatever was done to the clock, it is reached when it is left alone: also if it is looked
      // at all the time.
      while time.now.microseconds != machine.wall {
        #expect(machine.steady - steady < 101 * 600_000_000)
        machine.pass(random.oneIn(2) ? 7 : 60_000_000)
      }
      machine.pass(1_000_000)
      #expect(time.now.microseconds == machine.wall)
    }
  }

  @Test func `time goes on from where the log ends, and comes back to the clock`() {
    let machine = Machine()
    let time = machine.time()
    let stamp = Timestamp(microseconds: machine.wall + 5_000_000)
    time.goOn(from: stamp)
    #expect(time.now == stamp)
    time.goOn(from: Timestamp(microseconds: machine.wall))
    #expect(time.now == stamp, "an older stamp changes nothing")
    machine.pass(100_000_000)
    #expect(time.now == Timestamp(microseconds: stamp.microseconds + 99_000_000))
    machine.pass(400_000_000)
    #expect(time.now.microseconds == machine.wall)
  }

  @Test func `a clock that was set is told of once, until it is reached`() {
    let machine = Machine()
    let time = machine.time()
    func pass(seconds: Int) {
      for _ in 0..<seconds {
        machine.pass(1_000_000)
        _ = time.now
      }
    }
    pass(seconds: 10)
    machine.setWall(by: 900_000)
    pass(seconds: 100)
    #expect(machine.lines.withLock { $0 } == [])
    machine.setWall(by: -5_000_000)
    pass(seconds: 200)
    machine.setWall(by: -5_000_000)
    pass(seconds: 1_000)
    machine.setWall(by: 3_600_000_000)
    pass(seconds: 1)
    #expect(
      machine.lines.withLock { $0 } == [
        "warn event=wall_clock_differs milliseconds=-4990",
        "warn event=wall_clock_differs milliseconds=-7990",
        "info event=wall_clock_agrees milliseconds=-500",
        "warn event=wall_clock_differs milliseconds=3599990",
      ])
  }

  @Test func `the clock of this machine is where it begins`() {
    let time = SteadyTime()
    // Later than when this was written.
    #expect(time.now > Timestamp(microseconds: 1_767_225_600_000_000))
    #expect(time.now < .limit)
  }
}
