/// Counts of times, exact to about three percent, in constant space.
///
/// Each power of two of nanoseconds is cut into 32 equal buckets, as HdrHistogram does: a short
/// time is counted as exactly, in proportion, as a long one.
///
/// ```
/// bucket   0 ... 31   32 ... 63     64 ... 95      96 ...
/// time     0 ... 31   32 ... 63   64, 66 ... 126   128, 132 ...   ns
/// ```
struct LatencyHistogram: Sendable {
  /// Times from here on (137 s) share the last bucket.
  private static let limit: UInt64 = 1 << 37
  private static let fineBits = 5

  private var counts: [UInt32]
  private(set) var count = 0
  private(set) var longest = Duration.zero

  init() {
    counts = Array(repeating: 0, count: Self.bucket(Self.limit - 1) + 1)
  }

  mutating func record(_ time: Duration) {
    let nanoseconds =
      UInt64(clamping: time.components.seconds) &* 1_000_000_000
      &+ UInt64(clamping: time.components.attoseconds / 1_000_000_000)
    counts[Self.bucket(min(nanoseconds, Self.limit - 1))] += 1
    count += 1
    if time > longest { longest = time }
  }

  mutating func merge(_ other: LatencyHistogram) {
    for i in counts.indices { counts[i] += other.counts[i] }
    count += other.count
    longest = max(longest, other.longest)
  }

  /// The time within which so many of a thousand lie (500: the median); zero if none was counted.
  ///
  /// The upper end of its bucket, so that it is never told too short.
  func quantile(permille: Int) -> Duration {
    let rank = max(1, (count * permille + 999) / 1000)
    var seen = 0
    for (bucket, number) in counts.enumerated() {
      seen += Int(number)
      if seen >= rank { return min(Self.upperEnd(bucket), longest) }
    }
    return longest
  }

  private static func bucket(_ nanoseconds: UInt64) -> Int {
    let power = 63 - max(nanoseconds, 1).leadingZeroBitCount
    guard power >= fineBits else { return Int(nanoseconds) }
    let shift = power - fineBits
    return shift << fineBits + Int(nanoseconds >> UInt64(shift))
  }

  private static func upperEnd(_ bucket: Int) -> Duration {
    let shift = max(0, bucket >> fineBits - 1)
    let lower = (bucket - shift << fineBits) << shift
    return .nanoseconds(lower + (1 << shift) - 1)
  }
}
