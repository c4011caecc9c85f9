import DiskSimulation
import RunSupport
import Store
import Testing

@testable import WAL

/// What recovery makes of every damage of a kind to a log of 300 records.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DamageTests {
  let log = LogFiles.sample
  private let lines = sampleLines
  private static let sampleLines = LogFiles.sample.lines

  private var lastBatch: Int { lines[lines.count - 1].batch }
  private var lastSegment: Int { log.segments.count - 1 }

  private static let endOfBatch = Dictionary(grouping: sampleLines, by: \.batch)
    .mapValues { $0[$0.count - 1].range.upperBound }

  /// How many entries the whole batches before `offset` of the last segment leave of the log, if
  /// the segments before it are untouched.
  private func entries(inLastSegmentUpTo offset: Int) -> (entries: Int, wholeLength: Int) {
    var (entries, length) = (0, 0)
    for line in lines {
      let end = Self.endOfBatch[line.batch] ?? 0
      if line.segment == lastSegment, end > offset { break }
      if line.range.lowerBound > 0 { entries += 1 }
      if line.segment == lastSegment { length = end }
    }
    return (entries, length)
  }

  @Test func `the undamaged log is sound and complete`() {
    #expect(lines.count > 300 && log.segments.count > 2)
    let (verdict, replay) = log.judge()
    #expect(verdict == .sound)
    #expect(replay.entries.map(\.index.rawValue) == Array(1...300))
  }

  @Test func `the last segment, cut anywhere, keeps its whole batches`() {
    let head = lines.first { $0.segment == lastSegment }.map(\.range.upperBound) ?? 0
    let before = LogFiles(segments: Array(log.segments.dropLast())).judge().replay
    for cut in 0..<log.segments[lastSegment].count {
      var damaged = log
      damaged.segments[lastSegment].removeSubrange(cut...)
      let (verdict, replay) = damaged.judge(knowing: before)
      if cut < head {
        #expect(verdict == .refused(segment: lastSegment, line: 1))
        continue
      }
      let whole = entries(inLastSegmentUpTo: cut)
      #expect(
        verdict == (whole.wholeLength == cut ? .sound : .torn(wholeLength: whole.wholeLength)))
      #expect(replay.entries.count == whole.entries)
    }
  }

  @Test func `an earlier segment, cut anywhere, is refused`() {
    for segment in 0..<lastSegment {
      let before = LogFiles(segments: Array(log.segments[..<segment])).judge().replay
      for cut in 0..<log.segments[segment].count {
        var damaged = log
        damaged.segments[segment].removeSubrange(cut...)
        let verdict = damaged.judge(knowing: before).verdict
        if !verdict.isRefused { Issue.record("segment \(segment + 1), cut at \(cut)") }
      }
    }
  }

  /// A reader that has come as far as a line's batch knows nothing of what is before it: so every
  /// batch is read by one of its own, with what follows in its segment.
  @Test func `every flipped bit is found and rightly judged`() {
    var flips = 0
    var record = 0
    let batches = Dictionary(grouping: lines, by: \.batch).values.sorted {
      $0[0].batch < $1[0].batch
    }
    for batch in batches {
      let start = batch[0].range.lowerBound
      var bytes = Array(log.segments[batch[0].segment][start...])
      // With nothing behind it, a batch's damage proves nothing. That the segment is not the last
      // one then does.
      let isLast = batch[batch.count - 1].range.upperBound - start == bytes.count
      for (number, line) in batch.enumerated() {
        for bit in line.range.lowerBound * 8..<line.range.upperBound * 8 {
          bytes[bit / 8 - start] ^= 1 << (bit % 8)
          let step = bytes.withUnsafeBytes { bytes in
            var reader = SegmentReader(
              bytes, afterRecord: UInt64(record), batch: UInt64(line.batch - 1))
            return reader.next()
          }
          bytes[bit / 8 - start] ^= 1 << (bit % 8)
          flips += 1
          switch step {
          case .tornTail(let stop) where isLast && stop.wholeLength == 0: break
          case .corruption(let stop) where !isLast && stop.line == number + 1: break
          default: Issue.record("batch \(line.batch), line \(number + 1), bit \(bit): \(step)")
          }
        }
      }
      record += batch.count
    }
    #expect(flips == log.segments.reduce(0) { $0 + $1.count * 8 })
  }

  @Test func `a flipped bit in any line is refused, or cut off with the last batch`() {
    for (number, line) in lines.enumerated() {
      var damaged = log
      let place = line.range.lowerBound + number % line.range.count
      damaged.segments[line.segment][place] ^= 1 << (number % 8)
      let verdict = damaged.judge().verdict
      if line.batch == lastBatch {
        #expect(
          verdict
            == .torn(wholeLength: entries(inLastSegmentUpTo: line.range.lowerBound).wholeLength))
      } else {
        let before = lines.firstIndex { $0.segment == line.segment } ?? 0
        #expect(verdict == .refused(segment: line.segment, line: number - before + 1))
      }
    }
  }

  @Test func `every removed line is refused, but for the last one`() {
    for (number, line) in lines.enumerated() {
      var damaged = log
      damaged.segments[line.segment].removeSubrange(line.range)
      let verdict = damaged.judge().verdict
      if number == lines.count - 1 {
        // What no log can tell.
        let whole = entries(inLastSegmentUpTo: line.range.lowerBound).wholeLength
        #expect(verdict == .torn(wholeLength: whole))
      } else {
        #expect(verdict.isRefused, "line \(number + 1)")
      }
    }
  }

  @Test func `every doubled line is refused`() {
    for (number, line) in lines.enumerated() {
      var damaged = log
      let bytes = damaged.segments[line.segment][line.range]
      damaged.segments[line.segment].insert(contentsOf: bytes, at: line.range.upperBound)
      #expect(damaged.judge().verdict.isRefused, "line \(number + 1)")
    }
  }

  @Test(arguments: [1, 2, 7, 100]) func `swapped lines are refused`(_ distance: Int) {
    for (number, other) in zip(lines.indices, lines.indices.dropFirst(distance)) {
      let (a, b) = (lines[number], lines[other])
      var damaged = log
      let (first, second) = (log.segments[a.segment][a.range], log.segments[b.segment][b.range])
      damaged.segments[b.segment].replaceSubrange(b.range, with: first)
      damaged.segments[a.segment].replaceSubrange(a.range, with: second)
      #expect(damaged.judge().verdict.isRefused, "lines \(number + 1) and \(other + 1)")
    }
  }

  @Test func `a line moved to the end is refused`() {
    for line in lines.dropLast() {
      var damaged = log
      damaged.segments[lastSegment] += damaged.segments[line.segment][line.range]
      if line.segment != lastSegment { damaged.segments[line.segment].removeSubrange(line.range) }
      #expect(damaged.judge().verdict.isRefused)
    }
  }

  @Test func `a segment that is missing, doubled or of another log is refused`() {
    for segment in log.segments.indices.dropLast() {
      var missing = log
      missing.segments.remove(at: segment)
      #expect(missing.judge().verdict == .refused(segment: segment, line: 1))
      var doubled = log
      doubled.segments.insert(log.segments[segment], at: segment)
      #expect(doubled.judge().verdict == .refused(segment: segment + 1, line: 1))
      var swapped = log
      swapped.segments.swapAt(segment, segment + 1)
      #expect(swapped.judge().verdict == .refused(segment: segment, line: 1))
    }
  }
}

/// Damage that checksums alone do not show.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct WrongPlaceTests {
  private func lines(_ terms: [UInt64]) throws -> LogFiles {
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    for term in terms { try journal.append(payloads: ["1"], term: Term(term)) }
    try journal.rotate()
    try journal.append(payloads: ["1"], term: Term(9))
    return LogFiles(disk)
  }

  @Test func `a segment of another history of the same node is refused`() throws {
    let (one, other) = (try lines([1, 1, 1]), try lines([1, 1, 2]))
    #expect(one.judge().verdict == .sound && other.judge().verdict == .sound)
    let mixed = LogFiles(segments: [one.segments[0], other.segments[1]])
    #expect(mixed.judge().verdict == .refused(segment: 1, line: 1))
  }

  @Test func `a line with the right record number and the wrong batch number is refused`() throws {
    var log = try lines([1, 1, 1])
    for batch in [1, 6, 8] {
      var line = Array(#"{"crc":"00000000","n":8,"b":\#(batch),"end":1,"t":"close"}"#.utf8)
      LineFrame.seal(&line, from: 0)
      let sound = log.segments[1]
      log.segments[1] += line
      #expect(log.judge().verdict == .refused(segment: 1, line: 4))
      log.segments[1] = sound
    }
  }

  @Test func `one whole line behind a damaged newline proves it`() throws {
    var log = try lines([1])
    log.segments.removeLast()
    let sound = log.segments[0]
    // The newline of the head, and one line after it.
    let newline = try #require(sound.firstIndex(of: UInt8(ascii: "\n")))
    for bit in 0..<8 {
      log.segments[0][newline] ^= 1 << bit
      #expect(log.judge().verdict == .refused(segment: 0, line: 1))
      log.segments[0] = sound
    }
    // The same between two batches of an entry each, which no head is.
    let disk = MemoryDisk()
    let journal = try Journal.open(disk).journal
    try journal.append(payloads: ["1"])
    let end = disk[FileName.ofSegment(1)]?.count ?? 0
    try journal.append(payloads: ["2"])
    disk[FileName.ofSegment(1)]?[end - 1] ^= 4
    #expect(LogFiles(disk).judge().verdict == .refused(segment: 0, line: 2))
  }
}

extension LogFiles.Verdict {
  var isRefused: Bool {
    if case .refused = self { true } else { false }
  }
}
