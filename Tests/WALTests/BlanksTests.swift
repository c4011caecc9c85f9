import RandomSupport
import RunSupport
import Store
import Testing

@testable import WAL

/// What recovery makes of blanks in a log of some hundred records, wherever they are.
///
/// The bytes that a power cut leaves out of a padded log read as newlines, and so does a sector of
/// it that is lost later. The tests know where the lines were; recovery does not.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BlanksTests {
  private static let newline = UInt8(ascii: "\n")
  private static let padding = 700

  private let log = Self.sample
  private let lines = Self.sampleLines
  private static let sampleLines = sample.lines
  /// That of the other tests, with the first few batches of its last segment.
  private static let sample: LogFiles = {
    var log = LogFiles.sample
    let last = log.segments.count - 1
    let lines = log.lines.filter { $0.segment == last }
    let end = zip(lines, lines.dropFirst()).first { line, next in
      line.range.upperBound > 2400 && next.batch > line.batch
    }
    log.segments[last].removeSubrange((end?.0.range.upperBound ?? 0)...)
    return log
  }()

  private var last: Int { log.segments.count - 1 }
  private var lastLines: [LogFiles.Line] { lines.filter { $0.segment == last } }
  private var before: Replay { LogFiles(segments: Array(log.segments.dropLast())).judge().replay }
  /// Where the last segment's batches end.
  private var batchEnds: [Int] {
    Dictionary(grouping: lastLines, by: \.batch).values.map { $0[$0.count - 1].range.upperBound }
      .sorted()
  }

  private func blanks(_ count: Int) -> [UInt8] { [UInt8](repeating: Self.newline, count: count) }

  private func judge(lastSegment bytes: [UInt8], knowing before: Replay) -> LogFiles.Verdict {
    LogFiles(segments: log.segments.dropLast() + [bytes]).judge(knowing: before).verdict
  }

  @Test func `behind the last batch are the end of the log, however many there are`() {
    let before = before
    let whole = log.segments[last]
    #expect(lines.count > 200 && batchEnds.count > 5 && whole.count > 2400)
    for count in [1, 2, 3, 511, 512, 513, 5000] {
      let judged = LogFiles(segments: log.segments.dropLast() + [whole + blanks(count)])
        .judge(knowing: before)
      #expect(judged.verdict == .padded(wholeLength: whole.count))
      #expect(judged.replay.entries.count == lines.count - log.segments.count)
    }
    // Of a segment of which only the head is there, too.
    let head = lastLines[0].range.upperBound
    #expect(
      judge(lastSegment: whole[..<head] + blanks(9), knowing: before) == .padded(wholeLength: head))
  }

  /// The log as it was cut off over its padding: the rest of the last segment reads as blanks.
  @Test func `in place of everything from anywhere on, they end the log at a whole batch`() {
    let (before, whole) = (before, log.segments[last])
    let (ends, head) = (batchEnds, lastLines[0].range.upperBound)
    let starts = Set(lastLines.map(\.range.lowerBound))
    for cut in 0..<whole.count {
      let verdict = judge(
        lastSegment: whole[..<cut] + blanks(whole.count + Self.padding - cut), knowing: before)
      // A newline that is lost reads as one.
      let isOnlyNewlineLost = starts.contains(cut + 1) || cut + 1 == whole.count
      let kept = isOnlyNewlineLost ? cut + 1 : cut
      if kept < head {
        #expect(verdict == .refused(segment: last, line: 1))
      } else {
        let wholeLength = ends.last { $0 <= kept } ?? 0
        #expect(
          verdict
            == (wholeLength == kept
              ? .padded(wholeLength: wholeLength) : .torn(wholeLength: wholeLength)),
          "cut at \(cut)")
      }
    }
  }

  /// Holes of some lengths all over the last segment, padding behind them or not.
  @Test(arguments: [1, 40, 512, 1300])
  func `in place of any bytes, they are damage if a later batch is behind them`(length: Int) {
    let (before, whole, lines) = (before, log.segments[last], lastLines)
    let (ends, lastBatch) = (batchEnds, lines[lines.count - 1].batch)
    let places = stride(
      from: lines[0].range.upperBound, to: whole.count, by: length == 512 ? 1 : 7)
    for start in places {
      let hole = start..<min(start + length, whole.count)
      let padding = start % 2 * Self.padding
      var bytes = whole + blanks(padding)
      bytes.replaceSubrange(hole, with: blanks(hole.count))
      let verdict = judge(lastSegment: bytes, knowing: before)
      guard let damaged = hole.first(where: { whole[$0] != Self.newline }) else {
        #expect(
          verdict == (padding == 0 ? .sound : .padded(wholeLength: whole.count)))
        continue
      }
      // The batch that has lost something, and what is left of the ones after it.
      let batch = lines.first { $0.range.contains(damaged) }?.batch ?? 0
      let isProven = lines.contains { line in
        line.batch > batch && !hole.contains { line.range.dropLast().contains($0) }
      }
      let wholeLength = ends.last { $0 <= damaged } ?? 0
      let nothingIsLeft = damaged == wholeLength && hole.upperBound == whole.count
      if isProven {
        #expect(verdict.isRefused, "a hole at \(hole)")
      } else if nothingIsLeft {
        #expect(verdict == .padded(wholeLength: wholeLength), "a hole at \(hole)")
      } else {
        #expect(verdict == .torn(wholeLength: wholeLength), "a hole at \(hole)")
      }
      if batch < lastBatch, hole.upperBound < ends[ends.count - 2] { #expect(verdict.isRefused) }
    }
  }

  @Test func `between lines they are damage, and in the last batch a torn tail`() {
    let (ends, lastBatch) = (batchEnds, lines[lines.count - 1].batch)
    for line in lines where line.range.lowerBound > 0 {
      for count in [1, 600] {
        var damaged = log
        damaged.segments[line.segment].insert(
          contentsOf: blanks(count), at: line.range.lowerBound)
        let verdict = damaged.judge().verdict
        if line.batch == lastBatch {
          #expect(verdict == .torn(wholeLength: ends[ends.count - 2]))
        } else {
          #expect(verdict.isRefused)
        }
      }
    }
  }

  @Test func `at the end of a segment that is followed by another one they are damage`() {
    for segment in 0..<last {
      let lineCount = lines.filter { $0.segment == segment }.count
      for count in [1, 2, 512, 5000] {
        var damaged = log
        damaged.segments[segment] += blanks(count)
        #expect(damaged.judge().verdict == .refused(segment: segment, line: lineCount + 1))
        // Also in place of its last bytes: the batch that they were is missed.
        let kept = max(0, log.segments[segment].count - count)
        damaged.segments[segment] = log.segments[segment][..<kept] + blanks(count)
        if count > 1 { #expect(damaged.judge().verdict.isRefused) }
      }
    }
  }

  @Test func `with a flipped bit among them they are a torn tail, and the log is whole`() {
    let (before, whole) = (before, log.segments[last])
    for bit in 0..<Self.padding * 8 {
      var bytes = whole + blanks(Self.padding)
      bytes[whole.count + bit / 8] ^= 1 << (bit % 8)
      #expect(judge(lastSegment: bytes, knowing: before) == .torn(wholeLength: whole.count))
    }
  }

  /// The same as without padding, with padding behind: what is damaged is what counts.
  @Test func `do not hide a flipped bit before them`() {
    let (before, lines) = (before, lastLines)
    let whole = log.segments[last]
    let (ends, lastBatch) = (batchEnds, lines[lines.count - 1].batch)
    for (number, line) in lines.enumerated() {
      for bit in line.range.lowerBound * 8..<line.range.upperBound * 8 {
        // One bit of each byte; which one changes from byte to byte.
        guard bit % 8 == bit / 8 % 8 else { continue }
        var bytes = whole + blanks(Self.padding)
        bytes[bit / 8] ^= 1 << (bit % 8)
        let verdict = judge(lastSegment: bytes, knowing: before)
        if line.batch == lastBatch {
          #expect(verdict == .torn(wholeLength: ends[ends.count - 2]), "bit \(bit)")
        } else {
          #expect(verdict == .refused(segment: last, line: number + 1), "bit \(bit)")
        }
      }
    }
  }
}
