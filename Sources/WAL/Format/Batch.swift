import Bytes
import JSON
import Store

/// Records on their way to the disk: what one write and one sync make durable, or not at all.
///
/// A record is encoded where it is going to be written from, in one buffer that is used again and
/// again. Its checksum, and the `"end":1` of the batch's last record, are filled in when it is
/// known what follows.
public struct Batch: ~Copyable {
  private(set) var bytes: [UInt8] = []
  /// Where the log will stand once the batch is durable.
  private(set) var tip = LogTip()
  /// The highest index among its entries.
  private(set) var highestIndex = LogIndex.zero

  /// Where the last line begins, and where in it `"end":1` would have to be put.
  private var openLine: (start: Int, endMark: Int)?

  private static let endMark = Array(#""end":1,"#.utf8)

  /// More than this is given back after an unusually large batch.
  private static let keptCapacity = 4 << 20

  init() {}

  /// Whether nothing is in it.
  public var isEmpty: Bool { openLine == nil }

  /// Starts the batch that follows `tip`.
  mutating func start(after tip: LogTip) {
    bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
    openLine = nil
    highestIndex = .zero
    self.tip = tip
    self.tip.batch += 1
  }

  /// Adds an entry, in place of those from its index on.
  /// - Precondition: its index follows the last one's, or is that of an entry after the snapshot;
  ///   its term is the hard state's or an earlier one.
  public mutating func append(_ entry: EntryRecord) {
    append(entry.kind, at: entry.index, term: entry.term) { $0.append(contentsOf: entry.payload) }
  }

  /// Adds an entry whose payload `encode` writes behind what is there.
  /// - Precondition: as for ``append(_:)-(EntryRecord)``.
  @inline(__always)
  mutating func append(
    _ kind: EntryRecord.Kind, at index: LogIndex, term: Term, encode: (inout [UInt8]) -> Void
  ) {
    precondition(
      tip.follow(entryAt: index, term: term),
      "an entry follows the last one, of a term that is known")
    highestIndex = max(highestIndex, index)
    beginLine(kind.recordType)
    bytes.append(#","i":"#)
    append(number: index.rawValue)
    bytes.append(#","term":"#)
    append(number: term.rawValue)
    bytes.append(#","op":"#)
    encode(&bytes)
  }

  /// Adds a change of the hard state, before entries of its term.
  public mutating func append(_ state: HardStateRecord) {
    add(.state(state)) { batch in batch.appendFields(of: state) }
  }

  mutating func append(_ snapshot: SnapshotRecord, restarts: Bool) {
    add(.snapshot(snapshot, restarts: restarts)) { batch in
      batch.bytes.append(",")
      batch.appendFields(of: snapshot)
      if restarts { batch.bytes.append(#","restart":1"#) }
    }
  }

  /// Adds what must never happen and was seen, or, with nil, that an operator goes on in spite of
  /// it.
  mutating func append(violation what: String?) {
    let plain = what.map(Record.plain)
    add(.violation(plain)) { batch in
      batch.bytes.append(#","what":"#)
      guard let plain else { return batch.bytes.append("null") }
      batch.bytes.append("\"")
      batch.bytes.append(contentsOf: plain.utf8)
      batch.bytes.append("\"")
    }
  }

  mutating func appendClose() {
    add(.close) { _ in }
  }

  /// Adds the head of a segment, which is a batch of its own.
  mutating func appendHead(segment: UInt64, _ identity: Identity) {
    beginLine("head")
    bytes.append(#","v":"#)
    append(number: HeadRecord.version)
    bytes.append(#","segment":"#)
    append(number: segment)
    bytes.append(#","cluster":"#)
    append(id: identity.cluster)
    bytes.append(#","node":""#)
    bytes.append(contentsOf: identity.node.utf8)
    bytes.append(#"","incarnation":"#)
    append(id: identity.incarnation)
    appendFields(of: tip.hardState)
    bytes.append(#","last":"#)
    append(number: tip.lastIndex.rawValue)
    bytes.append(#","lastTerm":"#)
    append(number: tip.lastTerm.rawValue)
    if let snapshot = tip.snapshot {
      bytes.append(#","snapshot":{"#)
      appendFields(of: snapshot)
      bytes.append("}")
    } else {
      bytes.append(#","snapshot":null"#)
    }
  }

  /// Marks the last record as such. The batch is then ready to be written.
  mutating func finish() {
    guard let openLine else { return }
    bytes.insert(contentsOf: Self.endMark, at: openLine.endMark)
    sealLine()
  }

  private mutating func add(_ record: Record, fields: (inout Batch) -> Void) {
    precondition(tip.follow(record), "a term or a snapshot is newer than the one before")
    beginLine(record.type)
    fields(&self)
  }

  private mutating func appendFields(of state: HardStateRecord) {
    bytes.append(#","term":"#)
    append(number: state.term.rawValue)
    bytes.append(#","vote":"#)
    append(id: state.vote)
    bytes.append(#","commit":"#)
    append(number: state.commit.rawValue)
  }

  private mutating func appendFields(of snapshot: SnapshotRecord) {
    bytes.append(#""i":"#)
    append(number: snapshot.index.rawValue)
    bytes.append(#","term":"#)
    append(number: snapshot.term.rawValue)
    bytes.append(#","lines":"#)
    append(number: snapshot.lines)
    bytes.append(#","bytes":"#)
    append(number: snapshot.bytes)
    bytes.append(#","sum":""#)
    bytes.append(hex: UInt64(snapshot.checksum), digits: 8)
    bytes.append("\"")
  }

  @inline(__always)
  private mutating func beginLine(_ type: StaticString) {
    sealLine()
    tip.record += 1
    let start = bytes.count
    bytes.append(#"{"crc":"00000000","n":"#)
    append(number: tip.record)
    bytes.append(#","b":"#)
    append(number: tip.batch)
    bytes.append(",")
    openLine = (start, bytes.count)
    bytes.append(#""t":""#)
    bytes.append(type)
    bytes.append("\"")
  }

  /// Ends the line that is being written, if there is one, and puts in its checksum.
  private mutating func sealLine() {
    guard let start = openLine?.start else { return }
    bytes.append("}")
    LineFrame.seal(&bytes, from: start)
  }

  private mutating func append(number: UInt64) {
    precondition(number < LineFrame.numberLimit, "numbers stay below 2^53")
    bytes.append(decimal: number)
  }

  private mutating func append(id: UInt64?) {
    guard let id else { return bytes.append("null") }
    bytes.append("\"")
    bytes.append(hex: id, digits: 16)
    bytes.append("\"")
  }
}

extension Record {
  /// Whether a byte of a text can stand between quotes as it is.
  static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// A text with a question mark for each byte that is not so.
  static func plain(_ text: String) -> String {
    String(decoding: text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }

  /// The name of this kind of record in the log.
  var type: StaticString {
    switch self {
    case .head: "head"
    case .entry(let entry): entry.kind.recordType
    case .state: "state"
    case .snapshot: "snapshot"
    case .violation: "violation"
    case .close: "close"
    }
  }
}

extension EntryRecord.Kind {
  var recordType: StaticString {
    switch self {
    case .command: "entry"
    case .noOp: "noop"
    case .membership: "members"
    }
  }
}
