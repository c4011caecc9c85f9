import Store

/// The files of a data directory.
///
///     lock                               claims the directory, and stays empty
///     wal-0000000000000001.jsonl         the log: segments, numbered without a gap
///     wal-0000000000000002.jsonl         the last one is being written
///     wal-0000000000000002.torn          what a power cut left of an unfinished batch, for people
///     snapshot-0000000000100000.jsonl    the state after log index 100000
///     *.tmp                              a file that is not finished; removed at the next start
///
/// Sixteen decimal digits hold every number below 2^53. Other files are left alone.
enum FileName: Hashable {
  case segment(UInt64)
  case snapshot(LogIndex)
  case unfinished
  case other

  init(_ name: String) {
    if name.hasSuffix(".jsonl.tmp"), name.hasPrefix("wal-") || name.hasPrefix("snapshot-") {
      self = .unfinished
    } else if let number = Self.number(in: name, after: "wal-") {
      self = .segment(number)
    } else if let number = Self.number(in: name, after: "snapshot-") {
      self = .snapshot(LogIndex(number))
    } else {
      self = .other
    }
  }

  static func ofSegment(_ number: UInt64) -> String { "wal-\(padded(number)).jsonl" }
  static func ofSnapshot(_ index: LogIndex) -> String { "snapshot-\(padded(index.rawValue)).jsonl" }
  static func ofTornTail(_ segment: UInt64) -> String { "wal-\(padded(segment)).torn" }
  /// A snapshot that is being received, for the `attempt`th time in this process: unfinished.
  static func received(_ index: LogIndex, attempt: UInt64) -> String {
    unfinished("snapshot-\(padded(index.rawValue))-\(attempt).jsonl")
  }
  static func unfinished(_ name: String) -> String { name + ".tmp" }

  private static func number(in name: String, after prefix: String) -> UInt64? {
    guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(".jsonl".count)
    guard digits.utf8.count == 16, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return UInt64(digits)
  }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
  }
}
