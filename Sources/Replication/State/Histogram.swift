import Synchronization

/// How long something took, counted in buckets that double, as Prometheus wants it.
///
/// Counting takes no lock: requests on all loops are counted in one.
package final class Histogram: Sendable {
  /// The upper bounds, in microseconds: 64 us to 8 s. Above them there is one bucket more.
  package static let bounds: [Int64] = (lowest..<lowest + bucketCount).map { 1 << $0 }
  /// The first bound's exponent.
  private static let lowest = 6
  private static let bucketCount = 18

  private let buckets: [Counter]
  private let nanoseconds = Counter()

  /// In an array, which an atomic by itself cannot be.
  private final class Counter: Sendable {
    let value = Atomic<UInt64>(0)
  }

  package init() { buckets = (0...Self.bucketCount).map { _ in Counter() } }

  /// Adds one that took so long.
  package func add(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = UInt64(clamping: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    self.nanoseconds.value.wrappingAdd(nanoseconds, ordering: .relaxed)
    buckets[Self.bucket(of: nanoseconds)].value.wrappingAdd(1, ordering: .relaxed)
  }

  /// The first one whose bound is not exceeded.
  static func bucket(of nanoseconds: UInt64) -> Int {
    let microseconds = nanoseconds / 1_000 + (nanoseconds % 1_000 == 0 ? 0 : 1)
    if microseconds <= 1 { return 0 }
    // The exponent of the least power of two that is not less.
    let exponent = UInt64.bitWidth - (microseconds - 1).leadingZeroBitCount
    return min(max(exponent - lowest, 0), bucketCount)
  }

  /// How many there were up to each bound and in all, and how long they took together.
  package var totals: (upTo: [UInt64], count: UInt64, sum: Duration) {
    var total: UInt64 = 0
    let upTo = buckets.map { bucket in
      total += bucket.value.load(ordering: .relaxed)
      return total
    }
    let sum = Int64(clamping: nanoseconds.value.load(ordering: .relaxed))
    return (Array(upTo.dropLast()), total, .nanoseconds(sum))
  }
}
