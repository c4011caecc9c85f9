import Synchronization

/// How long something took, counted in buckets that double, as Prometheus wants it.
final class Histogram: Sendable {
  /// The upper bounds, in microseconds: 64 us to 8 s.
  static let bounds: [Int64] = (6..<24).map { 1 << $0 }

  private struct Counts {
    var buckets = [UInt64](repeating: 0, count: Histogram.bounds.count + 1)
    var sum = Duration.zero
  }

  private let counts = Mutex(Counts())

  /// Adds one that took so long.
  func add(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
    counts.withLock { counts in
      counts.buckets[bucket] += 1
      counts.sum += duration
    }
  }

  /// How many there were up to each bound and in all, and how long they took together.
  var totals: (upTo: [UInt64], count: UInt64, sum: Duration) {
    let present = counts.withLock { $0 }
    var total: UInt64 = 0
    let upTo = present.buckets.map { bucket in
      total += bucket
      return total
    }
    return (Array(upTo.dropLast()), total, present.sum)
  }
}
