/// A set of 64-bit numbers that are spread evenly, as hashes are: 8 bytes each, in a table that is
/// at most three quarters full. For tens of millions, where `Set` would take twice the memory.
struct NumberSet {
  /// 0 is an empty place.
  private var places: [UInt64]
  private(set) var count = 0

  init() { places = Array(repeating: 0, count: 1 << 12) }

  /// Whether a number is in it; 0 never is.
  func contains(_ number: UInt64) -> Bool { places[place(of: number)] != 0 }

  /// Adds a number; false if it was there.
  mutating func insert(_ number: UInt64) -> Bool {
    let found = place(of: number)
    if places[found] != 0 { return false }
    places[found] = number
    count += 1
    if count * 4 > places.count * 3 { grow() }
    return true
  }

  /// Where a number stands, or the empty place where it belongs.
  private func place(of number: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: number) & (places.count - 1)
    while places[place] != 0, places[place] != number { place = (place + 1) & (places.count - 1) }
    return place
  }

  private mutating func grow() {
    let old = places
    places = Array(repeating: 0, count: old.count * 2)
    for number in old where number != 0 { places[place(of: number)] = number }
  }
}
