import Bytes
import JSON
import Platform
import Store

/// A backup's file: what is in it, and a data directory made of it.
///
/// It is a snapshot's file (``SnapshotWriter``) without the line that makes it one member's: keys,
/// indexes, deadlines and the sections beside them, but neither members nor ids. A running server
/// gives one (``BackupStream``), and ``BackupFile`` keeps it.
public enum Backup {
  /// What a whole backup holds.
  public struct Content: Sendable {
    public fileprivate(set) var record: SnapshotRecord
    /// How many keys have a value, and how many are directories.
    public fileprivate(set) var (keys, directories) = (0, 0)

    /// A line for people.
    public var summary: String {
      "index=\(record.index) keys=\(keys) directories=\(directories) lines=\(record.lines) "
        + "bytes=\(record.bytes) sum=\(String(hex: UInt64(record.checksum), digits: 8))"
    }
  }

  /// Reads a backup from head to foot.
  ///
  /// - Parameter takeLine: is given every line of content. It counts when this returns.
  /// - Throws: ``JournalError/corrupt(_:)`` with the line, if the file is damaged or cut short.
  public static func read(
    _ path: String,
    takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void = { (_) throws(JournalError) in
    }
  ) throws(JournalError) -> Content {
    try read(open(path), at: path, takeLine: takeLine)
  }

  static func open(_ path: String) throws(JournalError) -> PosixDisk.File {
    try withDisk { () throws(DiskError) in try PosixDisk.File(path, in: nil, .readOnly) }
  }

  static func read(
    _ file: any DiskFile, at path: String,
    takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) -> Content {
    var (keys, directories) = (0, 0)
    var isFirst = true
    do throws(JournalError) {
      let record = try SnapshotReader.read(file, named: path, at: nil, expecting: nil) {
        (line) throws(JournalError) in
        if isFirst, !line.starts(with: #"{"storeIndex":"#.utf8) {
          throw .failed("\(path) must be a backup, not one member's snapshot")
        }
        isFirst = false
        try takeLine(line)
        if let info = info(line) {
          if info.value == nil { directories += 1 } else { keys += 1 }
        }
      }
      return Content(record: record, keys: keys, directories: directories)
    } catch .writtenByLaterStep(let what) {
      throw .failed("\(what): this is no backup, or a later version's")
    }
  }

  /// What a line says of a key; nil if it is about something else.
  private static func info(_ line: UnsafeRawBufferPointer) -> KeyInfo? {
    if let entry = PlainEntry(line) { return entry.info }
    return (try? JSONDocument(Array(line)).root).flatMap(KeyInfo.init)
  }

  /// Makes a data directory that begins with a backup: that of a node of its own, under a new
  /// cluster id.
  ///
  /// Keys, values, indexes, deadlines and the event history are as they were. Nothing is left of
  /// the members, neither ids nor votes: this is a new cluster with the same keys, and no member of
  /// the old one can come back into it.
  ///
  /// There is a log as soon as all of it is durable, and not before.
  ///
  /// - Parameters:
  ///   - directory: one that is not there, or is empty.
  ///   - node: who is to use it.
  ///   - sections: those that a backup may have.
  public static func restore(
    _ path: String, into directory: String, node: String, _ sections: [any SnapshotSection]
  ) throws(JournalError) -> Content {
    let file = try open(path)
    var loader = StateLoader(sections)
    let content = try read(file, at: path) { line throws(JournalError) in try loader.load(line) }
    try restore(file, content.record, onto: PosixDisk(path: directory), at: directory, node: node)
    return content
  }

  /// The same on any disk, of a file that is whole.
  /// - Parameter directory: what messages call it.
  static func restore(
    _ file: any DiskFile, _ record: SnapshotRecord, onto disk: any Disk, at directory: String,
    node: String
  ) throws(JournalError) {
    try withDisk { () throws(DiskError) in
      try disk.makeDirectory()
      try checkIsNew(disk, directory)
      try disk.lock()
      // Another restore may have been here in between.
      try checkIsNew(disk, directory)
    }
    let received = try copy(file, record, to: disk)
    try Journal.begin(with: received, on: disk, as: .random(node: node)).close()
  }

  /// What a restore that was stopped has left is no obstacle.
  private static func checkIsNew(_ disk: any Disk, _ directory: String) throws(DiskError) {
    let names = try disk.list().filter { $0 != PosixDisk.lockName && FileName($0) != .unfinished }
    guard let name = names.min() else { return }
    throw DiskError(.other, "\(directory) must be a new or empty directory; it holds \(name)")
  }

  private static func copy(
    _ file: any DiskFile, _ record: SnapshotRecord, to disk: any Disk
  ) throws(JournalError) -> SnapshotReceiver.File {
    var receiver = try SnapshotReceiver(disk, index: record.index)
    do throws(JournalError) {
      while true {
        let offset = receiver.received
        let piece = try withDisk { () throws(DiskError) in
          try file.piece(at: offset, limit: 1 << 20)
        }
        if piece.isEmpty { break }
        try receiver.append(piece) { (_) throws(JournalError) in }
      }
    } catch {
      receiver.abandon()
      throw error
    }
    return try receiver.finish(expecting: record)
  }
}
