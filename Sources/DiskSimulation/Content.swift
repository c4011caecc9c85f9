/// What a file of a ``MemoryDisk`` holds: what processes see, and what is durable.
///
/// A sync writes the sectors that are dirty. One that fails leaves them clean all the same, as
/// Linux does: processes go on seeing what was written, and no later sync writes it.
final class Content {
  var cached: [UInt8] = []
  private(set) var durable: [UInt8] = []
  /// The numbers of the sectors that the next sync writes.
  private var dirty: Set<Int> = []

  /// How many bytes a disk writes in one step.
  private static let sectorSize = 512

  init() {}

  /// Both images hold `bytes`.
  init(durable bytes: [UInt8]) {
    cached = bytes
    durable = bytes
  }

  /// Notes that the bytes in `range` were written.
  func soil(_ range: Range<Int>) {
    if range.isEmpty { return }
    dirty.formUnion(range.lowerBound / Self.sectorSize...(range.upperBound - 1) / Self.sectorSize)
  }

  /// Ends a sync. The length is the file system's own, and not lost with a sector.
  func clean(writing: Bool) {
    if writing {
      durable.removeLast(max(0, durable.count - cached.count))
      durable += [UInt8](repeating: 0, count: cached.count - durable.count)
      for sector in dirty where sector * Self.sectorSize < cached.count {
        let start = sector * Self.sectorSize
        let end = min(start + Self.sectorSize, cached.count)
        durable.replaceSubrange(start..<end, with: cached[start..<end])
      }
    }
    dirty = []
  }

  /// What a power cut leaves: a length between the two, and any of the dirty sectors.
  func afterPowerCut(_ random: inout some RandomNumberGenerator) -> Content {
    if cached == durable { return Content(durable: durable) }
    let low = min(durable.count, cached.count)
    let high = max(durable.count, cached.count)
    let between = low + random.next(below: high - low + 1)
    let length = [low, high, between][random.next(below: 3)]
    var bytes = [UInt8](repeating: 0, count: length)
    for start in stride(from: 0, to: length, by: Self.sectorSize) {
      let isWritten = random.next(below: 10) < 6 && dirty.contains(start / Self.sectorSize)
      let image = isWritten ? cached : durable
      let end = min(start + Self.sectorSize, length, image.count)
      if start < end { bytes.replaceSubrange(start..<end, with: image[start..<end]) }
    }
    return Content(durable: bytes)
  }

  /// Flips one bit in the first half of what is not padding, in both images. In the last batch of a
  /// log it could not be told from a write that the power cut through.
  func flipBit(_ random: inout some RandomNumberGenerator) {
    let last = cached.lastIndex { $0 != UInt8(ascii: "\n") } ?? 0
    let place = random.next(below: max(1, last / 2))
    let bit = UInt8(1) << UInt8(random.next(below: 8))
    cached[place] ^= bit
    if place < durable.count { durable[place] ^= bit }
  }
}

extension RandomNumberGenerator {
  /// A number below `bound`, which must be positive; every toolchain draws the same.
  mutating func next(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
