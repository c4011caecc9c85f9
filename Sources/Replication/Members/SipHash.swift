/// SipHash-2-4, a hash under a key: without the key nothing can be said of the hash of any words,
/// from however many others (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
struct SipHash {
  private var (v0, v1, v2, v3): (UInt64, UInt64, UInt64, UInt64)

  private init(_ key: (UInt64, UInt64)) {
    v0 = key.0 ^ 0x736f_6d65_7073_6575
    v1 = key.1 ^ 0x646f_7261_6e64_6f6d
    v2 = key.0 ^ 0x6c79_6765_6e65_7261
    v3 = key.1 ^ 0x7465_6462_7974_6573
  }

  /// The hash of some words, each as eight bytes, the lowest first.
  static func hash(_ words: [UInt64], key: (UInt64, UInt64)) -> UInt64 {
    var state = SipHash(key)
    // The last word has the length in bytes, modulo 256, in its highest byte.
    for word in words + [UInt64(words.count * 8 & 0xff) << 56] { state.add(word) }
    state.v2 ^= 0xff
    for _ in 0..<4 { state.round() }
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
  }

  private mutating func add(_ word: UInt64) {
    v3 ^= word
    for _ in 0..<2 { round() }
    v0 ^= word
  }

  private mutating func round() {
    v0 &+= v1
    v2 &+= v3
    v1 = v1.rotated(by: 13) ^ v0
    v3 = v3.rotated(by: 16) ^ v2
    v0 = v0.rotated(by: 32)
    v2 &+= v1
    v0 &+= v3
    v1 = v1.rotated(by: 17) ^ v2
    v3 = v3.rotated(by: 21) ^ v0
    v2 = v2.rotated(by: 32)
  }
}

extension UInt64 {
  fileprivate func rotated(by bits: UInt64) -> UInt64 { self << bits | self >> (64 - bits) }
}
