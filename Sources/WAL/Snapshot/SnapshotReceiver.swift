public import Store

/// Takes in a snapshot that another node wrote, piece by piece as it comes over the network.
///
/// The file is the same on every node, so its bytes are passed on as they are: see
/// ``SnapshotSource``. It gets its name only when all of it is there, verified and durable.
public struct SnapshotReceiver<D: Disk>: ~Copyable {
  private let disk: D
  private let file: D.File
  private let index: LogIndex
  /// How many bytes have come.
  public private(set) var received = 0

  /// Begins to receive the snapshot at `index`.
  /// - Precondition: as for ``SnapshotWriter``.
  public init(_ disk: D, index: LogIndex) throws(JournalError) {
    self.disk = disk
    self.index = index
    file = try withDisk { () throws(DiskError) in
      try disk.create(FileName.unfinished(FileName.ofSnapshot(index)))
    }
  }

  /// Adds the piece that begins at ``received``.
  public mutating func append(_ piece: [UInt8]) throws(JournalError) {
    let (disk, file) = (disk, file)
    try withDisk { () throws(DiskError) in try disk.append(piece, to: file) }
    received += piece.count
  }

  /// Verifies what has come, and makes it durable under its name.
  ///
  /// - Parameters:
  ///   - expected: what the sender said of it.
  ///   - takeLine: is given every line of content. What it was given counts when this returns.
  /// - Throws: ``JournalError/corrupt(_:)`` if it is not what was sent.
  public consuming func finish(
    expecting expected: SnapshotRecord,
    takeLine: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    let (disk, file, name) = (disk, file, FileName.ofSnapshot(index))
    _ = try SnapshotReader.read(
      disk, file, named: FileName.unfinished(name), index, expecting: expected, takeLine: takeLine)
    try withDisk { () throws(DiskError) in
      try disk.sync(file)
      try disk.rename(FileName.unfinished(name), to: name)
      try disk.syncDirectory()
    }
  }
}

/// The bytes of a snapshot, to be sent to another node.
///
/// It can be read on any thread, and also when a newer snapshot has taken its place meanwhile.
public struct SnapshotSource<D: Disk> {
  private let disk: D
  private let file: D.File
  /// What is being sent.
  public let record: SnapshotRecord

  /// Opens a snapshot of which the journal says that it is its newest.
  public init(_ disk: D, _ record: SnapshotRecord) throws(JournalError) {
    self.disk = disk
    self.record = record
    file = try withDisk { () throws(DiskError) in
      try disk.open(FileName.ofSnapshot(record.index))
    }
  }

  /// The piece at `offset`, of at most `limit` bytes; empty at the end.
  public func piece(at offset: Int, limit: Int) throws(JournalError) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: limit)
    let count = try withDisk { () throws(DiskError) in
      try piece.withUnsafeMutableBufferPointer { piece throws(DiskError) in
        try disk.read(file, at: offset, into: UnsafeMutableRawBufferPointer(piece))
      }
    }
    piece.removeLast(limit - count)
    return piece
  }
}
