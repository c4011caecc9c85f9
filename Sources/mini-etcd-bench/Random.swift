/// Small numbers from a seed, the same in every run (SplitMix64; Steele, Lea and Flood, 2014).
struct Random: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number from 0 to `bound` - 1.
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    mixed ^= mixed >> 31
    return Int(mixed.multipliedFullWidth(by: UInt64(bound)).high)
  }
}
