import Foundation

/// A generator whose whole run follows from its seed (SplitMix64), so that a failure can be had again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// True once in `n` times.
  mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }
}

/// How many operations are compared: `few` by default, or as many as the environment variable
/// MINI_ETCD_DIFFER_OPERATIONS says.
func operations(_ few: Int) -> Int {
  ProcessInfo.processInfo.environment["MINI_ETCD_DIFFER_OPERATIONS"].flatMap { Int($0) } ?? few
}

/// The seed to begin with: a new one every time, or the one in MINI_ETCD_DIFFER_SEED.
func firstSeed() -> UInt64 {
  ProcessInfo.processInfo.environment["MINI_ETCD_DIFFER_SEED"].flatMap { UInt64($0) }
    ?? UInt64.random(in: 1...UInt64(UInt32.max))
}
