import RunSupport
import Testing

@testable import mini_etcd_bench

/// Percentiles come out of buckets, so they must be compared with the sorted list they stand for.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LatencyHistogramTests {
  @Test func `an empty histogram says zero`() {
    #expect(LatencyHistogram().quantile(permille: 500) == .zero)
    #expect(LatencyHistogram().count == 0)
  }

  @Test(arguments: [0, 1, 31, 32, 63, 64, 1_000, 1_000_000, 136_000_000_000])
  func `a single time is told exactly, whatever the percentile`(_ nanoseconds: Int) {
    var histogram = LatencyHistogram()
    histogram.record(.nanoseconds(nanoseconds))
    #expect(histogram.quantile(permille: 0) == .nanoseconds(nanoseconds))
    #expect(histogram.quantile(permille: 1000) == .nanoseconds(nanoseconds))
    #expect(histogram.longest == .nanoseconds(nanoseconds))
  }

  @Test func `short times are counted exactly`() {
    var histogram = LatencyHistogram()
    for nanoseconds in 0..<50 { histogram.record(.nanoseconds(nanoseconds)) }
    for rank in 1...50 {
      #expect(histogram.quantile(permille: rank * 20) == .nanoseconds(rank - 1))
      #expect(histogram.quantile(permille: rank * 20 - 19) == .nanoseconds(rank - 1))
    }
  }

  @Test func `percentiles are at most a thirtieth above the sorted list's`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = Random(seed: seed)
    var (first, second) = (LatencyHistogram(), LatencyHistogram())
    var times: [Int] = []
    for number in 0..<10_000 {
      let nanoseconds = random.below(1 << random.below(36))
      times.append(nanoseconds)
      if number % 2 == 0 {
        first.record(.nanoseconds(nanoseconds))
      } else {
        second.record(.nanoseconds(nanoseconds))
      }
    }
    first.merge(second)
    times.sort()
    #expect(first.count == times.count)
    for percent in 1...100 {
      let exact = times[times.count * percent / 100 - 1]
      let time = first.quantile(permille: percent * 10).components
      let told = Int(time.seconds) * 1_000_000_000 + Int(time.attoseconds / 1_000_000_000)
      #expect((exact...exact + exact / 30 + 1).contains(told), "p\(percent), seed \(seed)")
    }
  }

  @Test func `times beyond the last bucket are still counted`() {
    var histogram = LatencyHistogram()
    histogram.record(.seconds(1_000_000))
    histogram.record(.seconds(-1))
    #expect(histogram.count == 2)
    #expect(histogram.longest == .seconds(1_000_000))
  }
}
