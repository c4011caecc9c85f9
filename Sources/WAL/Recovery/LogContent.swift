import Store

/// What all segments of a log hold together, from the first to the last.
struct LogContent: Sendable {
  var replay = Replay()
  /// The last segment, and how much of it is whole.
  private(set) var lastSegment: (number: UInt64, extent: SegmentExtent)?
  /// What follows the last whole batch, up to the blanks: why it is not a batch, and its bytes.
  private(set) var tornTail: (place: SegmentReader.Break, bytes: [UInt8])?

  /// Nothing, as of a log that was not begun.
  init() {}

  /// Reads segments; their numbers are in order and must have no gap.
  init(_ disk: any Disk, _ segments: [UInt64]) throws(JournalError) {
    for (place, number) in segments.enumerated() {
      let expected = segments[0] + UInt64(place)
      guard number == expected else {
        throw .damaged(FileName.ofSegment(expected), nil, .missing)
      }
      try read(segment: number, of: disk, isLast: place == segments.count - 1)
    }
  }

  private mutating func read(
    segment number: UInt64, of disk: any Disk, isLast: Bool
  ) throws(JournalError) {
    let (extent, bytes) = try replay.read(number, of: disk, isLast: isLast)
    if isLast { lastSegment = (number, extent) }
    if let tear = extent.tear {
      tornTail = (tear, Array(Blanks.trimmed(bytes[extent.wholeLength...])))
    }
  }
}

/// What a segment holds.
struct SegmentExtent: Hashable, Sendable {
  /// How much of it is whole batches.
  let wholeLength: Int
  /// The last one of them.
  let lastBatch: Range<Int>
  /// Where it is torn behind them, if it is; otherwise only blanks are behind them.
  let tear: SegmentReader.Break?
  /// How long the file is, with all that.
  let fileLength: Int
}

/// Damage that recovery has to stop at, and where.
struct SegmentDamage: Error, Hashable, Sendable {
  let line: Int
  let damage: Damage
}

extension Replay {
  /// Takes in a segment's file. What comes before damage to it is taken in all the same.
  mutating func read(
    _ number: UInt64, of disk: any Disk, isLast: Bool
  ) throws(JournalError) -> (extent: SegmentExtent, bytes: [UInt8]) {
    let name = FileName.ofSegment(number)
    let bytes = try withDisk { () throws(DiskError) in try disk.open(name).readAll() }
    do throws(SegmentDamage) {
      let extent = try bytes.span.bytes.withUnsafeBytes { bytes throws(SegmentDamage) in
        try read(bytes, segment: number, isLast: isLast)
      }
      return (extent, bytes)
    } catch {
      throw .damaged(name, error.line, error.damage)
    }
  }

  /// Takes in a whole segment.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, segment number: UInt64, isLast: Bool
  ) throws(SegmentDamage) -> SegmentExtent {
    var reader: SegmentReader
    do throws(Damage) {
      // A segment gets its name when its head is durable, so a head cannot be torn.
      let envelope = try Envelope(verifying: bytes, at: 0)
      guard case .head(let head) = try Record(bytes, envelope) else {
        throw .contradiction("a segment begins with its head")
      }
      try begin(head, number: number)
      reader = SegmentReader(
        bytes, afterRecord: envelope.number - 1, batch: envelope.batch - 1)
    } catch {
      throw SegmentDamage(line: 1, damage: error)
    }
    while true {
      let line = reader.wholeLines + 1
      switch reader.next() {
      case .batch where line == 1:
        guard reader.records.count == 1 else {
          throw SegmentDamage(
            line: 2, damage: .contradiction("a segment's head is a batch of its own"))
        }
      case .batch:
        try apply(reader, from: line)
      case .end:
        return reader.extent(tear: nil)
      case .blanks(let place):
        // The padding goes before the next segment comes.
        guard isLast else { throw SegmentDamage(line: place.line, damage: place.damage) }
        return reader.extent(tear: nil)
      case .tornTail(let place):
        guard isLast, line > 1 else {
          throw SegmentDamage(line: place.line, damage: place.damage)
        }
        return reader.extent(tear: place)
      case .corruption(let place):
        throw SegmentDamage(line: place.line, damage: place.damage)
      }
    }
  }

  private mutating func apply(_ reader: SegmentReader, from line: Int) throws(SegmentDamage) {
    for (place, envelope) in reader.records.enumerated() {
      do throws(Damage) { try apply(try Record(reader.bytes, envelope)) } catch {
        throw SegmentDamage(line: line + place, damage: error)
      }
    }
    endBatch()
  }
}
