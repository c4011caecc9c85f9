import Bytes
import Store

/// A line that is verified, and what all records begin with.
struct Envelope {
  let number: UInt64
  let batch: UInt64
  let endsBatch: Bool
  /// From the record's `"t"` up to the line's closing brace.
  let fields: Range<Int>
  /// Where the next line begins.
  let end: Int
}

extension Envelope {
  /// Verifies the line at `start` and reads its first fields.
  init(verifying bytes: UnsafeRawBufferPointer, at start: Int) throws(Damage) {
    let line = try LineFrame.verify(bytes, at: start)
    var reader = try FieldScanner(bytes, fieldsOf: line)
    try reader.skip(#""n":"#)
    number = try reader.integer()
    try reader.skip(#","b":"#)
    batch = try reader.integer()
    guard number > 0, batch > 0 else { throw reader.unknown }
    endsBatch = reader.skipIfThere(#","end":1"#)
    try reader.skip(",")
    fields = reader.rest
    end = line.end
  }
}

extension Record {
  /// Reads the fields of a verified line.
  init(_ bytes: UnsafeRawBufferPointer, _ envelope: Envelope) throws(Damage) {
    var reader = FieldScanner(bytes, envelope.fields)
    try reader.skip(#""t":""#)
    if let kind = reader.entryKind() {
      self = .entry(try reader.entry(kind))
      return
    }
    if reader.skipIfThere(#"state""#) {
      self = .state(try reader.hardState())
    } else if reader.skipIfThere(#"snapshot","#) {
      let snapshot = try reader.snapshot()
      self = .snapshot(snapshot, restarts: reader.skipIfThere(#","restart":1"#))
    } else if reader.skipIfThere(#"violation","what":"#) {
      self = .violation(try reader.plainText())
    } else if reader.skipIfThere(#"close""#) {
      self = .close
    } else if reader.skipIfThere(#"head""#) {
      self = .head(try reader.head(envelope))
    } else {
      throw reader.unknown
    }
    guard reader.isAtEnd else { throw reader.unknown }
  }
}

/// Reads fields in the one order in which they are written.
///
/// That is far less work than reading any JSON, and enough: the line's checksum says that it is as
/// this code, or a later version of it, wrote it.
struct FieldScanner {
  let bytes: UnsafeRawBufferPointer
  private let range: Range<Int>
  var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
    offset = range.lowerBound
  }

  /// The fields of a line: all that its checksum covers but the closing brace.
  ///
  /// That the checksum holds does not say that there is one: it covers nothing but what is there.
  init(_ bytes: UnsafeRawBufferPointer, fieldsOf line: LineFrame.Line) throws(Damage) {
    self.init(bytes, line.covered)
    guard bytes[line.covered].last == UInt8(ascii: "}") else { throw unknown }
    self.init(bytes, line.covered.dropLast())
  }

  /// What has not been read.
  var rest: Range<Int> { offset..<range.upperBound }

  var isAtEnd: Bool { offset == range.upperBound }

  /// The damage that the line is whole and not understood; it shows the line's beginning.
  var unknown: Damage {
    let shown = bytes[range].prefix(80)
    return .unknownRecord(
      String(decoding: shown, as: UTF8.self) + (shown.count < range.count ? "..." : ""))
  }

  mutating func skipIfThere(_ text: StaticString) -> Bool {
    guard LineFrame.matches(text, bytes, at: offset, end: range.upperBound) else { return false }
    offset += text.utf8CodeUnitCount
    return true
  }

  mutating func skip(_ text: StaticString) throws(Damage) {
    guard skipIfThere(text) else { throw unknown }
  }

  mutating func integer() throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    let start = offset
    let limit = LineFrame.readableNumberLimit
    while offset < range.upperBound, value < limit, bytes[offset] &- 0x30 < 10 {
      value = value * 10 + UInt64(bytes[offset] &- 0x30)
      offset += 1
    }
    guard offset > start, value < limit else { throw unknown }
    return value
  }

  mutating func hexadecimal(digits: Int) throws(Damage) -> UInt64 {
    try skip("\"")
    guard range.upperBound - offset >= digits,
      let value = UInt64(hex: bytes[offset..<offset + digits])
    else { throw unknown }
    offset += digits
    try skip("\"")
    return value
  }

  /// The text between quotes; nil for null.
  mutating func plainText() throws(Damage) -> String? {
    if skipIfThere("null") { return nil }
    try skip("\"")
    let text = bytes[offset..<range.upperBound].prefix { Record.isPlain($0) }
    offset += text.count
    try skip("\"")
    return String(decoding: text, as: UTF8.self)
  }

  mutating func id() throws(Damage) -> UInt64? {
    skipIfThere("null") ? nil : try hexadecimal(digits: 16)
  }

  mutating func entryKind() -> EntryRecord.Kind? {
    if skipIfThere(#"entry""#) { return .command }
    if skipIfThere(#"noop""#) { return .noOp }
    if skipIfThere(#"members""#) { return .membership }
    return nil
  }

  mutating func entry(_ kind: EntryRecord.Kind) throws(Damage) -> EntryRecord {
    try skip(#","i":"#)
    let index = LogIndex(try integer())
    try skip(#","term":"#)
    let term = Term(try integer())
    try skip(#","op":"#)
    return EntryRecord(
      kind, index: index, term: term, payload: [UInt8](bytes[rest]))
  }

  mutating func hardState() throws(Damage) -> HardStateRecord {
    try skip(#","term":"#)
    let term = Term(try integer())
    try skip(#","vote":"#)
    let vote = try id()
    try skip(#","commit":"#)
    return HardStateRecord(term: term, vote: vote, commit: LogIndex(try integer()))
  }

  mutating func snapshot() throws(Damage) -> SnapshotRecord {
    try skip(#""i":"#)
    let index = LogIndex(try integer())
    try skip(#","term":"#)
    let term = Term(try integer())
    try skip(#","lines":"#)
    let lines = try integer()
    try skip(#","bytes":"#)
    let bytes = try integer()
    try skip(#","sum":"#)
    return SnapshotRecord(
      index: index, term: term, lines: lines, bytes: bytes,
      checksum: UInt32(try hexadecimal(digits: 8)))
  }

  mutating func head(_ envelope: Envelope) throws(Damage) -> HeadRecord {
    try skip(#","v":"#)
    guard try integer() == HeadRecord.version else { throw unknown }
    try skip(#","segment":"#)
    let segment = try integer()
    let identity = try identity()
    var tip = LogTip(record: envelope.number, batch: envelope.batch, hardState: try hardState())
    try skip(#","last":"#)
    tip.lastIndex = LogIndex(try integer())
    try skip(#","lastTerm":"#)
    tip.lastTerm = Term(try integer())
    try skip(#","snapshot":"#)
    if !skipIfThere("null") {
      try skip("{")
      tip.snapshot = try snapshot()
      try skip("}")
    }
    guard tip.isConsistent else {
      throw .contradiction("the head names a term or a snapshot that is newer than the log")
    }
    return HeadRecord(segment: segment, identity: identity, tip: tip)
  }

  private mutating func identity() throws(Damage) -> Identity {
    try skip(#","cluster":"#)
    let cluster = try id()
    try skip(#","node":""#)
    let name = String(
      decoding: bytes[rest].prefix { $0 != UInt8(ascii: "\"") },
      as: UTF8.self)
    guard Identity.isName(name) else { throw unknown }
    offset += name.utf8.count
    try skip(#"","incarnation":"#)
    guard let incarnation = try id() else { throw unknown }
    return Identity(cluster: cluster, node: name, incarnation: incarnation)
  }
}
