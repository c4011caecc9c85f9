import Bytes

/// What is wrong with a line.
enum Damage: Error, Hashable, Sendable {
  /// There is no newline before the end of the file.
  case unfinished
  /// Its end does not come.
  case tooLong
  /// It is empty, though the log does not end there.
  case blank
  /// It does not begin as a record does.
  case notARecord
  /// What the line's bytes add up to, and what it says they do.
  case checksum(expected: UInt32, found: UInt32)
  /// The line is whole, but not the one that follows.
  case recordNumber(expected: UInt64, found: UInt64)
  case batchNumber(expected: UInt64, found: UInt64)
  /// The file ends, or a torn line comes, before the last record of a batch.
  case unfinishedBatch
  /// The line is whole, and this program does not know what it says.
  case unknownRecord(String)
  /// The line is whole, and contradicts what comes before it.
  case contradiction(String)
  /// The file is not there.
  case missing
  /// A line is damaged that was once durable: a valid line of a later batch follows it, at an
  /// offset.
  indirect case provenDurable(Damage, byBatch: UInt64, at: Int)
}

extension Damage: CustomStringConvertible {
  var description: String {
    switch self {
    case .unfinished: "the line does not end"
    case .tooLong: "the line is too long"
    case .blank: "the line is blank"
    case .notARecord: "this is not a record"
    case .checksum(let expected, let found):
      "checksum mismatch: expected \(Self.hex(expected)), found \(Self.hex(found))"
    case .recordNumber(let expected, let found):
      "record number mismatch: expected \(expected), found \(found)"
    case .batchNumber(let expected, let found):
      "batch number mismatch: expected \(expected), found \(found)"
    case .unfinishedBatch: "the last batch is not finished"
    case .unknownRecord(let record): "unknown record: \(record)"
    case .contradiction(let what): what
    case .missing: "the file is missing"
    case .provenDurable(let damage, let batch, let offset):
      "\(damage); the line had been durable, as batch \(batch) at byte \(offset) proves"
    }
  }

  private static func hex(_ checksum: UInt32) -> String {
    String(hex: UInt64(checksum), digits: 8)
  }
}
