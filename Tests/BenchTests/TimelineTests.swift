import RunSupport
import Testing

@testable import mini_etcd_bench

/// When answers came, and when none did.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TimelineTests {
  private let start = ContinuousClock.now

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
    start + .milliseconds(milliseconds)
  }

  private func timeline(_ milliseconds: [Int]) -> Timeline {
    var timeline = Timeline()
    timeline.begin(at: start)
    for millisecond in milliseconds { timeline.note(at(millisecond)) }
    return timeline
  }

  @Test func `a rate counts what came between two moments`() {
    let timeline = timeline([0, 1, 2, 3, 3, 3, 9])
    #expect(timeline.answersPerSecond(from: at(0), to: at(10)) == 700)
    #expect(timeline.answersPerSecond(from: at(3), to: at(5)) == 1500)
    #expect(timeline.answersPerSecond(from: at(5), to: at(9)) == 0)
    #expect(timeline.answersPerSecond(from: at(5), to: at(5)) == 0)
    #expect(timeline.answersPerSecond(from: at(5), to: at(1)) == 0)
  }

  @Test func `a gap is the longest time without an answer`() {
    let timeline = timeline([0, 1, 4, 5, 12])
    #expect(timeline.longestGap(from: at(0), to: at(6)) == .milliseconds(2))
    #expect(timeline.longestGap(from: at(0), to: at(13)) == .milliseconds(6))
    #expect(timeline.longestGap(from: at(7), to: at(10)) == .milliseconds(3))
  }

  @Test func `a round whose last answers are missing ends with a gap`() {
    #expect(timeline([0]).longestGap(from: at(0), to: at(100)) == .milliseconds(99))
    #expect(timeline([]).longestGap(from: at(0), to: at(100)) == .milliseconds(100))
  }

  @Test func `what the tasks of one round saw is added up`() {
    var sum = Timeline()
    sum.merge(timeline([0, 5]))
    sum.merge(timeline([5, 20]))
    #expect(sum.answersPerSecond(from: at(5), to: at(6)) == 2000)
    #expect(sum.longestGap(from: at(0), to: at(21)) == .milliseconds(14))
  }

  @Test func `another round is not mixed in`() {
    var sum = timeline([0])
    var other = Timeline()
    other.begin(at: at(1))
    other.note(at(1))
    sum.merge(other)
    #expect(sum.answersPerSecond(from: at(0), to: at(10)) == 100)
  }

  @Test func `what came before the start, or far too late, is left out`() {
    let timeline = timeline([-1, 2_000_000_000])
    #expect(timeline.answersPerSecond(from: at(-10), to: at(10)) == 0)
  }
}
