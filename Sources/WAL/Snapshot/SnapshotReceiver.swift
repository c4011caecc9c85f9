public import Store

/// Takes in a snapshot that another node wrote, piece by piece as it comes over the network.
///
/// The file is the same on every node, so its bytes are passed on as they are: see
/// ``SnapshotSource``. Each piece is verified and written when it comes, to a ``SequentialFile``:
/// so the last one takes no longer than any other, however large the snapshot is.
///
/// The file has a name of its own until the log takes it over, because another snapshot at the same
/// index may be received or written meanwhile: see ``Journal/adopt(received:hardState:)``.
public struct SnapshotReceiver: ~Copyable {
  private let disk: any Disk
  private var file: SequentialFile
  private let name: String
  private let index: LogIndex
  private var check: SnapshotReader.Check
  /// The beginning of a line whose end has not come yet.
  private var unfinishedLine: [UInt8] = []

  /// How long the beginning of a line may become, in bytes.
  ///
  /// The longest line is that of a value. A request brings at most 10 MiB, and JSON makes at most
  /// six bytes of one (`\u003c`), which is 60 MiB; the rest of the line takes less than 4 MiB.
  static let lineLimit = 64 << 20

  /// How many bytes have come.
  public var received: Int { file.length }

  /// Begins to receive the snapshot at `index`.
  ///
  /// - Parameter attempt: a number that tells it from others that are received by this process.
  public init(_ disk: any Disk, index: LogIndex, attempt: UInt64 = 1) throws(JournalError) {
    self.disk = disk
    self.index = index
    name = FileName.received(index, attempt: attempt)
    check = SnapshotReader.Check(index)
    let name = name
    file = try withDisk { () throws(DiskError) in SequentialFile(try disk.create(name)) }
  }

  /// Adds the piece that begins at ``received``.
  ///
  /// - Parameter takeLine: is given every line of content that is whole by now. What it was given
  ///   counts when ``finish(expecting:)`` returns.
  /// - Throws: ``JournalError/corrupt(_:)`` if it is no part of a snapshot, or of a line that is
  ///   longer than a snapshot's can be: memory must not grow with whatever a peer sends.
  public mutating func append(
    _ piece: [UInt8], takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    do throws(DiskError) { try file.append(piece) } catch { throw JournalError(error) }
    unfinishedLine += piece
    // A long line is looked at once, when its end has come.
    guard piece.contains(UInt8(ascii: "\n")) else {
      if unfinishedLine.count > Self.lineLimit { throw .damaged(name, check.line + 1, .tooLong) }
      return
    }
    let name = name
    let taken = try unfinishedLine.withUnsafeMutableBufferPointer { bytes throws(JournalError) in
      try SnapshotReader.takeLines(
        of: UnsafeMutableRawBufferPointer(bytes), isAtEnd: false, name, &check, takeLine)
    }
    unfinishedLine.removeFirst(taken)
  }

  /// Makes what has come durable, if it is what was sent.
  ///
  /// - Parameter expected: what the sender said of it.
  /// - Throws: ``JournalError/corrupt(_:)`` if it is something else. Whatever is thrown, the file
  ///   is removed.
  public consuming func finish(
    expecting expected: SnapshotRecord
  ) throws(JournalError) -> File {
    do throws(JournalError) { try complete(expected) } catch {
      abandon()
      throw error
    }
    return File(record: expected, name: name)
  }

  private mutating func complete(_ expected: SnapshotRecord) throws(JournalError) {
    do throws(Damage) {
      guard unfinishedLine.isEmpty else { throw .unfinished }
      _ = try check.finish(length: received, expecting: expected)
    } catch { throw .damaged(name, check.line, error) }
    let (disk, file) = (disk, file)
    try withDisk { () throws(DiskError) in
      try file.sync()
      try disk.syncDirectory()
    }
  }

  /// Removes what has come.
  public consuming func abandon() {
    // Should this fail, the next start removes it.
    try? disk.remove(name)
  }
}

extension SnapshotReceiver {
  /// A snapshot that came from another node, verified and durable, of which the log does not speak
  /// yet.
  ///
  /// Either the log takes it over (``Journal/adopt(received:hardState:)``) or it is discarded
  /// (``remove(from:)``).
  public struct File: Sendable {
    public let record: SnapshotRecord
    /// The file's name: its own, until the log is about to take it over.
    var name: String

    /// Removes the file of a snapshot that the log is not going to take over. From any thread.
    public func remove(from disk: any Disk) {
      // Should this fail, the next start removes it.
      try? disk.remove(name)
    }
  }
}
