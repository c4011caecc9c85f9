import Foundation

/// A generator whose whole run follows from its seed (SplitMix64), so that a failure can be had
/// again.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(_ seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// True once in `n` times.
  public mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }
}

/// How many rounds a random test runs: few by default, as many as the environment variable
/// MINI_ETCD_FUZZ_ROUNDS says for a longer search.
public func rounds(_ few: Int) -> Int {
  ProcessInfo.processInfo.environment["MINI_ETCD_FUZZ_ROUNDS"].flatMap { Int($0) } ?? few
}

/// Seeds for the arguments of a random test: always the same few, and one that is new every time,
/// which the test's name then shows.
public let seeds: [UInt64] = [1, 2, UInt64.random(in: 3...UInt64(UInt32.max))]
