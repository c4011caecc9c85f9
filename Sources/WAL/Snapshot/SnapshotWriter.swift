import Bytes
import JSON
public import Store

/// Writes a snapshot's file, line by line, on any thread, while the log goes on.
///
///     {"crc":"...","t":"snapshot","v":1,"i":100000,"term":1}            head
///     {"crc":"...", ... }                                               content
///     {"crc":"...","t":"end","lines":1,"sum":"..."}                     foot
///
/// Every line begins with its own checksum, as in the log. The foot counts the lines of content,
/// and its `sum` is the CRC-32C of the checksums of all lines before it, as they are written: a
/// line that was removed, doubled or moved shows there.
///
/// The file has another name until it is durable, so that under its own name there is never half a
/// snapshot. It counts from when the log says so: see ``Journal/adopt(_:restartingLog:)``. The same
/// state gives the same bytes on every node.
public struct SnapshotWriter: ~Copyable {
  private let disk: any Disk
  private var file: SequentialFile
  private let index: LogIndex
  private let term: Term
  private var encoder = Encoder()
  private var written: Int { file.length }

  /// How many bytes are gathered before they are written.
  private static var blockSize: Int { 1 << 20 }

  /// Begins the snapshot of the state after the entry at `index`, of `term`.
  ///
  /// - Precondition: the log has no snapshot there or beyond, and no other one is being written
  ///   there.
  public init(_ disk: any Disk, index: LogIndex, term: Term) throws(JournalError) {
    self.disk = disk
    self.index = index
    self.term = term
    file = try withDisk { () throws(DiskError) in
      SequentialFile(try disk.create(FileName.unfinished(FileName.ofSnapshot(index))))
    }
    encoder.appendHead(index: index, term: term)
  }

  /// Adds a line of content, which `encode` writes behind what is there.
  ///
  /// It is a JSON object without a line break, whose meaning is the caller's; it has at least one
  /// member, the first not named `t`.
  public mutating func append(_ encode: (inout [UInt8]) -> Void) throws(JournalError) {
    encoder.appendLine(encode)
    if encoder.bytes.count >= Self.blockSize { try flush() }
  }

  /// Ends the file and makes it durable under its name.
  public consuming func finish() throws(JournalError) -> SnapshotRecord {
    encoder.appendFoot()
    try flush()
    let name = FileName.ofSnapshot(index)
    do throws(DiskError) {
      try file.sync()
      try disk.rename(FileName.unfinished(name), to: name)
      try disk.syncDirectory()
    } catch { throw giveUp(error) }
    return SnapshotRecord(
      index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
      checksum: encoder.sum.value)
  }

  /// Removes what was written of a snapshot that is no longer wanted.
  public consuming func abandon() {
    // Should this fail, the next start removes it.
    try? disk.remove(FileName.unfinished(FileName.ofSnapshot(index)))
  }

  private mutating func flush() throws(JournalError) {
    do throws(DiskError) { try file.append(encoder.bytes) } catch { throw giveUp(error) }
    encoder.bytes.removeAll(keepingCapacity: true)
  }

  /// The space is needed for better things than half a snapshot. Not every file system tells at a
  /// write that there is none: some do when the file is synced.
  private func giveUp(_ error: DiskError) -> JournalError {
    let name = FileName.ofSnapshot(index)
    // It has one name or the other. Should this fail too, the next start removes it.
    for name in [FileName.unfinished(name), name] { try? disk.remove(name) }
    return JournalError(error)
  }
}

extension SnapshotWriter {
  /// Encodes a snapshot's lines.
  struct Encoder {
    var bytes: [UInt8] = []
    /// How many lines of content there were.
    private(set) var lines: UInt64 = 0
    private(set) var sum = CRC32C()

    mutating func appendHead(index: LogIndex, term: Term) {
      appendSummed { bytes in
        bytes.append(#"{"t":"snapshot","v":"#)
        bytes.append(decimal: HeadRecord.version)
        bytes.append(#","i":"#)
        bytes.append(decimal: index.rawValue)
        bytes.append(#","term":"#)
        bytes.append(decimal: term.rawValue)
        bytes.append("}")
      }
    }

    mutating func appendLine(_ encode: (inout [UInt8]) -> Void) {
      appendSummed(encode)
      lines += 1
    }

    mutating func appendFoot() {
      let (lines, sum) = (lines, sum.value)
      appendFramed { bytes in
        bytes.append(#"{"t":"end","lines":"#)
        bytes.append(decimal: lines)
        bytes.append(#","sum":""#)
        bytes.append(hex: UInt64(sum), digits: 8)
        bytes.append("\"}")
      }
    }

    private mutating func appendSummed(_ encode: (inout [UInt8]) -> Void) {
      let start = bytes.count
      appendFramed(encode)
      bytes.withUnsafeBytes { bytes in sum.update(LineFrame.digits(of: bytes, at: start)) }
    }

    /// Adds a line, its checksum in place of the object's opening brace.
    private mutating func appendFramed(_ encode: (inout [UInt8]) -> Void) {
      let start = bytes.count
      // One byte less than the prefix: the brace is going to be its comma.
      bytes.append(#"{"crc":"00000000""#)
      let brace = bytes.count
      encode(&bytes)
      precondition(bytes[brace] == UInt8(ascii: "{"), "a line of a snapshot is a JSON object")
      bytes[brace] = UInt8(ascii: ",")
      LineFrame.seal(&bytes, from: start)
    }
  }
}
