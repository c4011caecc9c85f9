import RandomSupport
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10))) struct TimersTests {
  private let start = ContinuousClock.now

  /// Adds, cancels and wakes at random, and does the same with a plain list.
  @Test(arguments: seeds)
  func `the earliest is woken first, and nobody who was cancelled`(seed: UInt64) {
    var random = SeededRandom(seed)
    var timers = Timers<Int>()
    var handles: [Int: Timers<Int>.Timer] = [:]
    var model: [Int: Int] = [:]
    var now = 0
    for number in 0..<2_000 {
      switch random.next() % 4 {
      case 0, 1:
        let deadline = now + Int(random.next() % 50)
        let timer = Timers<Int>.Timer(deadline: start + .milliseconds(deadline))
        let isAdded = timers.add(timer, number)
        #expect(isAdded)
        handles[number] = timer
        model[number] = deadline
      case 2:
        guard let victim = model.keys.sorted().randomElement(using: &random) else { continue }
        model[victim] = nil
        let cancelled = handles[victim].flatMap { timers.cancel($0) }
        #expect(cancelled == victim)
      default:
        now += Int(random.next() % 20)
        var woken: [Int] = []
        while let sleeper = timers.takeDue(at: start + .milliseconds(now)) { woken.append(sleeper) }
        let due = model.filter { $0.value <= now }
        #expect(woken.sorted() == due.keys.sorted())
        #expect(woken.map { due[$0] ?? -1 } == due.values.sorted())
        for sleeper in woken { model[sleeper] = nil }
      }
      #expect(timers.count == model.count)
      #expect(timers.earliest == model.values.min().map { start + .milliseconds($0) })
    }
  }

  @Test func `who is cancelled before he sleeps, or after he woke, changes nothing`() {
    var timers = Timers<Int>()
    let early = Timers<Int>.Timer(deadline: start)
    let cancelledBefore = timers.cancel(early)
    #expect(cancelledBefore == nil)
    let isAdded = timers.add(early, 1)
    #expect(!isAdded)
    let late = Timers<Int>.Timer(deadline: start)
    _ = timers.add(late, 2)
    let woken = timers.takeDue(at: start)
    #expect(woken == 2)
    let cancelledAfter = timers.cancel(late)
    #expect(cancelledAfter == nil)
    #expect(timers.count == 0)
  }
}
