import Bytes
import Store

/// The files of a data directory.
///
///     lock                               claims the directory, and stays empty
///     wal-0000000000000001.jsonl         the log: segments, numbered without a gap
///     wal-0000000000000002.jsonl         the last one is being written
///     wal-0000000000000002.torn          what a power cut left of an unfinished batch, for people
///     wal-0000000000000002-2.torn        what the next one left; the last ten are kept
///     snapshot-0000000000100000.jsonl    the state after log index 100000
///     *.tmp                              a file that is not finished; removed at the next start
///
/// Sixteen decimal digits hold every number below 2^53. Other files are left alone.
enum FileName: Hashable {
  case segment(UInt64)
  case snapshot(LogIndex)
  case tornTail(TornTailName)
  case unfinished
  case other

  init(_ name: String) {
    if name.hasSuffix(".jsonl.tmp"), name.hasPrefix("wal-") || name.hasPrefix("snapshot-") {
      self = .unfinished
    } else if let number = Self.number(in: name, after: "wal-") {
      self = .segment(number)
    } else if let number = Self.number(in: name, after: "snapshot-") {
      self = .snapshot(LogIndex(number))
    } else if let tail = TornTailName(name) {
      self = .tornTail(tail)
    } else {
      self = .other
    }
  }

  static func ofSegment(_ number: UInt64) -> String { "wal-\(padded(number)).jsonl" }
  static func ofSnapshot(_ index: LogIndex) -> String { "snapshot-\(padded(index.rawValue)).jsonl" }
  static func ofTornTail(_ segment: UInt64) -> String {
    TornTailName(segment: segment, number: 1).description
  }
  /// A snapshot that is being received, for the `attempt`th time in this process: unfinished.
  static func received(_ index: LogIndex, attempt: UInt64) -> String {
    unfinished("snapshot-\(padded(index.rawValue))-\(attempt).jsonl")
  }
  static func unfinished(_ name: String) -> String { name + ".tmp" }

  private static func number(in name: String, after prefix: String) -> UInt64? {
    guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
    return number(name.dropFirst(prefix.count).dropLast(".jsonl".count))
  }

  fileprivate static func number(_ digits: Substring) -> UInt64? {
    guard digits.utf8.count == 16, digits.utf8.allSatisfy(\.isDigit) else {
      return nil
    }
    return UInt64(digits)
  }

  fileprivate static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
  }
}

/// The name of what was set aside from the end of a segment.
///
/// Numbered, so that a second crash does not cost what the first one left.
struct TornTailName: Hashable, Comparable {
  /// How many are kept in a directory. They must not fill a small disk.
  static let limit = 10

  let segment: UInt64
  /// From 1; the first bears no number.
  let number: UInt64

  init(segment: UInt64, number: UInt64) {
    self.segment = segment
    self.number = number
  }

  init?(_ name: String) {
    guard name.hasPrefix("wal-"), name.hasSuffix(".torn") else { return nil }
    let parts = name.dropFirst("wal-".count).dropLast(".torn".count)
      .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let segment = FileName.number(parts[0]),
      let number = parts.count == 1 ? 1 : UInt64(parts[1]),
      number < LineFrame.readableNumberLimit
    else { return nil }
    self.init(segment: segment, number: number)
    // Other spellings of the number are not this program's.
    if description != name { return nil }
  }

  /// The name for what comes off `segment` when there are `others` already.
  static func next(of segment: UInt64, after others: [TornTailName]) -> TornTailName {
    let last = others.lazy.filter { $0.segment == segment }.map(\.number).max() ?? 0
    return TornTailName(segment: segment, number: last + 1)
  }

  static func < (a: TornTailName, b: TornTailName) -> Bool {
    (a.segment, a.number) < (b.segment, b.number)
  }
}

extension TornTailName: CustomStringConvertible {
  var description: String {
    "wal-\(FileName.padded(segment))\(number == 1 ? "" : "-\(number)").torn"
  }
}
