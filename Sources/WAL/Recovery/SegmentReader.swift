/// Reads a segment batch by batch, and tells what can be told of damage.
///
/// It works on bytes in memory and changes nothing. What it finds out rests on one rule of writing:
/// batch b + 1 is written only after batch b's sync has returned. When it comes to a line that is
/// not whole, it knows, without reading it, which batch the line belongs to, since batches are
/// numbered without gaps. It then looks through all that follows, at every offset, for a line whose
/// checksum holds:
///
///     ... 310 310 end │ 311 311 ▒▒▒ 311 ...                  batch 311 was perhaps never synced,
///                     └ cut here                             so nobody was told of it: a torn tail
///
///     ... 310 310 end │ 311 ▒▒▒ 311 end │ 312 ...            312 proves that 311 was synced, and
///                                                            acknowledged: corruption
///
/// A **torn tail** is what a power cut leaves, as a disk may write the sectors of the last batch in
/// any order, or leave some out. The log ends before that batch. **Corruption** is for people to
/// look at: to go on would be to forget what was promised. And a line that is whole but bears the
/// wrong number was removed, doubled or moved, which no power cut does.
///
/// Where a line should begin, a **blank** is the end of the log, since a segment may be padded with
/// newlines: see ``SegmentFile``. What a power cut leaves out of a batch that was written over them
/// reads as blanks. So, when there is more behind it, a blank is judged as any other damage is.
///
/// No log can tell damage to its very last batch, with nothing behind it, from a torn tail.
struct SegmentReader {
  enum Step {
    /// ``records`` holds the next whole batch.
    case batch
    /// The segment ends with the batch before.
    case end
    /// Behind that batch there are only blanks: the padding of a segment that is written to.
    case blanks(Break)
    /// The segment ends with a batch that never became durable.
    case tornTail(Break)
    case corruption(Break)
  }

  /// A place where reading cannot go on.
  struct Break: Hashable, Sendable {
    /// The number of the damaged line, from 1.
    let line: Int
    let damage: Damage
    /// Where the last whole batch ends.
    let wholeLength: Int
  }

  let bytes: UnsafeRawBufferPointer
  /// The records of the batch that was read.
  private(set) var records: [Envelope] = []
  /// Where the last whole batch ends.
  private(set) var wholeLength = 0
  /// Where it begins.
  private var lastBatchStart = 0
  /// How many lines there are before that.
  private(set) var wholeLines = 0
  /// The last record of that batch and its number.
  private var record: UInt64
  private var batch: UInt64

  /// Reads `bytes`, whose first line begins batch `batch` + 1 with record `record` + 1.
  init(_ bytes: UnsafeRawBufferPointer, afterRecord record: UInt64, batch: UInt64) {
    self.bytes = bytes
    self.record = record
    self.batch = batch
  }

  /// Reads on to the end of the next batch.
  mutating func next() -> Step {
    records.removeAll(keepingCapacity: true)
    var offset = wholeLength
    while offset < bytes.count {
      if bytes[offset] == Blanks.byte { return judgeBlanks(at: offset) }
      do throws(Damage) {
        let envelope = try Envelope(verifying: bytes, at: offset)
        try checkNumbers(of: envelope)
        records.append(envelope)
        offset = envelope.end
        if envelope.endsBatch {
          acceptBatch(upTo: offset)
          return .batch
        }
      } catch {
        return judge(error, at: offset)
      }
    }
    return records.isEmpty ? .end : .tornTail(stop(.unfinishedBatch))
  }

  private func checkNumbers(of envelope: Envelope) throws(Damage) {
    let expected = record + UInt64(records.count) + 1
    guard envelope.number == expected else {
      throw .recordNumber(expected: expected, found: envelope.number)
    }
    guard envelope.batch == batch + 1 else {
      throw .batchNumber(expected: batch + 1, found: envelope.batch)
    }
  }

  private mutating func acceptBatch(upTo offset: Int) {
    record += UInt64(records.count)
    batch += 1
    wholeLines += records.count
    lastBatchStart = wholeLength
    wholeLength = offset
  }

  /// What the segment holds, once it has come to its end.
  func extent(tear: Break?) -> SegmentExtent {
    SegmentExtent(
      wholeLength: wholeLength, lastBatch: lastBatchStart..<wholeLength, tear: tear,
      fileLength: bytes.count)
  }

  /// Where a line should begin there is an empty one: here the log ends, unless there is more.
  private func judgeBlanks(at offset: Int) -> Step {
    guard Blanks.fill(bytes, from: offset) else { return judge(.blank, at: offset) }
    return records.isEmpty ? .blanks(stop(.blank)) : .tornTail(stop(.unfinishedBatch))
  }

  private func judge(_ damage: Damage, at offset: Int) -> Step {
    switch damage {
    case .unfinished, .blank, .notARecord, .checksum:
      guard let proof = findLaterBatch(from: offset + 1) else { return .tornTail(stop(damage)) }
      return .corruption(stop(.provenDurable(damage, byBatch: proof.batch, at: proof.offset)))
    default:
      return .corruption(stop(damage))
    }
  }

  private func stop(_ damage: Damage) -> Break {
    Break(line: wholeLines + records.count + 1, damage: damage, wholeLength: wholeLength)
  }

  /// A whole line at or after `start` that was written after the batch being read was synced.
  private func findLaterBatch(from start: Int) -> (batch: UInt64, offset: Int)? {
    var start = start
    while let place = LineFrame.findPrefix(in: bytes, from: start) {
      if let line = try? Envelope(verifying: bytes, at: place), line.batch > batch + 1 {
        return (line.batch, place)
      }
      start = place + 1
    }
    return nil
  }
}
