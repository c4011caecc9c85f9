import DiskSimulation
import RandomSupport
import Store

@testable import WAL

extension Journal {
  static func open(
    _ disk: MemoryDisk, segmentSize: Int = 1 << 20, padding: Int = 0
  ) throws(JournalError) -> (journal: Journal, recovered: Recovered) {
    try open(
      disk, identity: .test, hardState: .test, segmentSize: segmentSize, padding: padding,
      restore: { (_) throws(JournalError) in })
  }

  /// Writes entries of one byte string each, after the last one, in one batch.
  func append(payloads: [String], term: Term = Term(1)) throws(JournalError) {
    var index = lastIndex
    let isNewTerm = term > hardState.term
    try append { batch in
      if isNewTerm { batch.append(HardStateRecord(term: term, vote: nil, commit: .zero)) }
      for payload in payloads {
        index = index + 1
        batch.append(EntryRecord(index: index, term: term, payload: Array(payload.utf8)))
      }
    }
  }
}

extension Identity {
  static let test = Identity(cluster: 0xc0ffee, node: "node1", incarnation: 0x1234)
}

extension HardStateRecord {
  static let test = HardStateRecord(term: Term(1), vote: nil, commit: .zero)
}

extension Journal.Recovered {
  var payloads: [String] { entries.map { String(decoding: $0.payload, as: UTF8.self) } }
}

/// The files of a log, without a disk under them.
struct LogFiles {
  var segments: [[UInt8]]

  /// 300 records and more, in batches of different lengths, over a few segments.
  static let sample: LogFiles = {
    let disk = MemoryDisk()
    do {
      let journal = try Journal.open(disk, segmentSize: 9000).journal
      var random = SeededRandom(300)
      var number = 0
      while journal.lastIndex < LogIndex(297) {
        let count = min(
          Int.random(in: 1...8, using: &random), 297 - Int(journal.lastIndex.rawValue))
        try journal.append(
          payloads: (0..<count).map { _ in
            number += 1
            return "\(number)"
          })
      }
      try journal.append(payloads: ["true", #"{"a":[1]}"#, "null"])
    } catch { fatalError("\(error)") }
    return LogFiles(disk)
  }()

  init(segments: [[UInt8]]) { self.segments = segments }

  init(_ disk: MemoryDisk) {
    segments = disk.names.filter { $0.hasPrefix("wal-") }.compactMap { disk[$0] }
  }

  /// What recovery makes of them.
  enum Verdict: Equatable {
    case sound
    /// Sound, and behind its whole batches there are blanks.
    case padded(wholeLength: Int)
    case torn(wholeLength: Int)
    case refused(segment: Int, line: Int)
  }

  ///
  /// - Parameter known: what reading the segments before its last one gave, not to read them again.
  func judge(knowing known: Replay = Replay()) -> (verdict: Verdict, replay: Replay) {
    var replay = known
    for (place, bytes) in segments.enumerated().dropFirst(known.segments.count) {
      do throws(SegmentDamage) {
        let extent = try bytes.span.bytes.withUnsafeBytes { bytes throws(SegmentDamage) in
          try replay.read(
            bytes, segment: UInt64(place + 1), isLast: place == segments.count - 1)
        }
        if extent.tear != nil { return (.torn(wholeLength: extent.wholeLength), replay) }
        if extent.fileLength > extent.wholeLength {
          return (.padded(wholeLength: extent.wholeLength), replay)
        }
      } catch {
        return (.refused(segment: place, line: error.line), replay)
      }
    }
    return (.sound, replay)
  }

  /// A line as the test sees it, found without the module's own reader.
  struct Line {
    var segment: Int
    /// Its bytes, with the newline.
    var range: Range<Int>
    var batch: Int
  }

  /// All lines.
  var lines: [Line] {
    var lines: [Line] = []
    for (segment, bytes) in segments.enumerated() {
      var start = 0
      for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
        let text = String(decoding: bytes[start...offset], as: UTF8.self)
        let batch = text.split(separator: #""b":"#)[1].prefix { $0 != "," }
        lines.append(Line(segment: segment, range: start..<offset + 1, batch: Int(batch) ?? 0))
        start = offset + 1
      }
    }
    return lines
  }
}
