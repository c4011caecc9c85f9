package import Raft

/// One generator for each concern, all from one seed: a draw more in one does not shift the others.
struct RandomStreams {
  var options: SplitMix64
  var network: SplitMix64
  var disk: SplitMix64
  var clients: SplitMix64
  var faults: SplitMix64
  var nodes: SplitMix64

  init(seed: UInt64) {
    var root = SplitMix64(seed: seed)
    options = SplitMix64(seed: root.next())
    network = SplitMix64(seed: root.next())
    disk = SplitMix64(seed: root.next())
    clients = SplitMix64(seed: root.next())
    faults = SplitMix64(seed: root.next())
    nodes = SplitMix64(seed: root.next())
  }
}

extension SplitMix64 {
  /// True so many times in a thousand.
  package mutating func chance(_ permille: Int) -> Bool {
    permille > 0 && next(below: 1000) < permille
  }

  /// A number from `low` to `high`.
  package mutating func between(_ low: Int, _ high: Int) -> Int {
    low + next(below: high - low + 1)
  }

  mutating func instant(_ low: Instant, _ high: Instant) -> Instant {
    low + Instant(next(below: Int(high - low) + 1))
  }
}
