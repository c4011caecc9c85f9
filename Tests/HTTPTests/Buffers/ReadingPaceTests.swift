import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A reader's pace` {
  /// Lets a reader take `rate` bytes in each of `seconds`, of which it is waited for in those that
  /// `isWaiting` says; returns the second in which its time was over.
  private func end(
    rate: Int, seconds: UInt32 = 10_000, isWaiting: (UInt32) -> Bool = { _ in true }
  ) -> UInt32? {
    var pace = ReadingPace(patience: 30, bytesPerSecond: 1000)
    pace.rest(until: 5_000_000)
    for second in 1...seconds {
      let now = 5_000_000 + second
      if isWaiting(second) {
        if now > pace.deadline { return second }
        pace.wait(until: now)
        pace.take(rate)
      } else {
        pace.rest(until: now)
      }
    }
    return nil
  }

  @Test func `may be as slow as the least rate for ever, and slower for a while`() {
    #expect(end(rate: 1000) == nil)
    #expect(end(rate: 5000) == nil)
    #expect(end(rate: 0) == 31)
    #expect(end(rate: 600).map { (60...90).contains($0) } == true)
    #expect(end(rate: 900).map { (200...400).contains($0) } == true)
  }

  @Test func `is not counted while nothing waits for it`() {
    #expect(end(rate: 0, isWaiting: { $0 % 2 == 0 }) == nil)
    #expect(end(rate: 0, isWaiting: { $0 % 100 < 25 }) == nil)
    #expect(end(rate: 0, isWaiting: { $0 % 100 < 40 }) != nil)
    #expect(end(rate: 0, isWaiting: { $0 % 4 != 0 }).map { $0 < 100 } == true)
  }

  @Test func `gains no more than its patience by reading fast`() {
    var pace = ReadingPace(patience: 30, bytesPerSecond: 1000)
    pace.rest(until: 100)
    for _ in 0..<1000 { pace.take(1 << 40) }
    #expect(pace.deadline == 130)
  }
}
