import Bytes

/// Shows the records of a log that a server is writing, each batch once it is durable:
/// `wal dump -follow`.
///
/// What is in the file may be on its way: another process sees a batch when it is written, and the
/// server's sync returns later. So before a batch is shown, the file is synced here as well. A
/// batch in a segment that is followed by another one needs no sync: the next segment is begun only
/// when that one is durable.
///
/// Lines that are not whole yet, or of a batch that has no end yet, are waited for.
struct LogFollower {
  private let disk: any Disk
  private var place: Place?
  /// Where damage was seen, perhaps because it was read while it was being written.
  private var suspicion: Int?

  /// How far a segment was shown.
  private struct Place {
    let segment: UInt64
    let file: any DiskFile
    var offset = 0
    var line = 0
    var record: UInt64
    var batch: UInt64
  }

  /// How much is read at a time; more only where a batch is longer.
  private static let pieceLength = 64 << 10

  init(_ disk: any Disk) { self.disk = disk }

  /// Shows what has become durable since the last call; the first one begins with the last segment.
  /// - Throws: an error if there is no log, or the log is damaged, or not the same any more.
  mutating func show(_ output: (String) -> Void) throws(JournalError) {
    if place == nil {
      guard let last = try segments().last else { throw Inspection.noLog }
      try enter(last)
      output(FileName.ofSegment(last))
    }
    while let place {
      // Asked before the segment is read: then nothing is added to it behind what is read.
      let next = try segments().first { $0 > place.segment }
      while try showBatches(isLast: next == nil, output) {}
      guard next != nil, let end = self.place?.offset else { return }
      guard try withDisk({ () throws(DiskError) in try place.file.size() }) == end else {
        throw .damaged(FileName.ofSegment(place.segment), (self.place?.line ?? 0) + 1, .notARecord)
      }
      try goOn(after: place.segment, output)
    }
  }

  /// Goes on with the next segment. It may be removed at any moment until it is open, and its
  /// reader may take long over what was shown: then it is the one after it.
  private mutating func goOn(
    after segment: UInt64, _ output: (String) -> Void
  ) throws(JournalError) {
    while let next = try segments().first(where: { $0 > segment }) {
      do throws(JournalError) { try enter(next) } catch {
        if try segments().contains(next) { throw error }
        continue
      }
      if next != segment + 1 {
        output("segments \(segment + 1) to \(next - 1) were removed before they were read")
      }
      return output(FileName.ofSegment(next))
    }
  }

  private func segments() throws(JournalError) -> [UInt64] {
    try withDisk { () throws(DiskError) in try disk.list() }.compactMap {
      if case .segment(let number) = FileName($0) { number } else { nil }
    }.sorted()
  }

  private mutating func enter(_ segment: UInt64) throws(JournalError) {
    let (disk, name) = (disk, FileName.ofSegment(segment))
    let file = try withDisk { () throws(DiskError) in try disk.open(name) }
    let bytes = try read(file, from: 0, Self.pieceLength)
    do throws(Damage) {
      let head = try bytes.span.bytes.withUnsafeBytes { bytes throws(Damage) in
        try Envelope(verifying: bytes, at: 0)
      }
      place = Place(
        segment: segment, file: file, record: head.number - 1, batch: head.batch - 1)
    } catch { throw .damaged(name, 1, error) }
  }

  private func read(
    _ file: any DiskFile, from offset: Int, _ count: Int
  ) throws(JournalError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let length = try withDisk { () throws(DiskError) in
      try bytes.withUnsafeMutableBufferPointer { bytes throws(DiskError) in
        try file.read(at: offset, into: UnsafeMutableRawBufferPointer(bytes))
      }
    }
    bytes.removeLast(count - length)
    return bytes
  }

  /// Shows the whole batches that come next, some of them if there are many.
  /// - Returns: whether there were any.
  private mutating func showBatches(
    isLast: Bool, _ output: (String) -> Void
  ) throws(JournalError) -> Bool {
    guard let place else { return false }
    var lines: [String] = []
    var next = place
    var length = Self.pieceLength
    while lines.isEmpty {
      let bytes = try read(place.file, from: place.offset, length)
      let mayContinue = try bytes.span.bytes.withUnsafeBytes { bytes throws(JournalError) in
        try take(bytes, &next, &lines)
      }
      // Nothing, or the beginning of a batch that is longer than what was read.
      if !mayContinue || bytes.count < length { break }
      length *= 2
    }
    if lines.isEmpty { return false }
    if isLast { try sync(place) }
    for line in lines { output(line) }
    self.place = next
    return true
  }

  /// Takes the whole batches that `bytes` begin with.
  /// - Returns: whether longer bytes might begin with more; not where the padding begins.
  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ place: inout Place, _ lines: inout [String]
  ) throws(JournalError) -> Bool {
    let start = place
    var reader = SegmentReader(bytes, afterRecord: place.record, batch: place.batch)
    while true {
      switch reader.next() {
      case .batch:
        for envelope in reader.records {
          place.line += 1
          do throws(Damage) {
            lines.append(Inspection.line(place.line, envelope, try Record(bytes, envelope)))
          } catch { throw .damaged(FileName.ofSegment(place.segment), place.line, error) }
          (place.record, place.batch) = (envelope.number, envelope.batch)
        }
        place.offset = start.offset + reader.wholeLength
      case .blanks:
        suspicion = nil
        return false
      case .end, .tornTail:
        suspicion = nil
        return true
      case .corruption(let found):
        // The bytes before may be older than those behind them, since they were read before.
        if lines.isEmpty, suspicion == place.offset {
          throw .damaged(FileName.ofSegment(place.segment), start.line + found.line, found.damage)
        }
        suspicion = place.offset
        return true
      }
    }
  }

  private func sync(_ place: Place) throws(JournalError) {
    do throws(DiskError) { try place.file.sync() } catch {
      // A segment that is gone was followed by another one.
      if try segments().last == place.segment { throw JournalError(error) }
    }
  }
}
