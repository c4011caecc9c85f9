import Store

/// The bytes of a snapshot, to be sent to another node.
///
/// It can be read on any thread, and also when a newer snapshot has taken its place meanwhile.
public struct SnapshotSource {
  private let disk: any Disk
  private let file: any DiskFile
  /// What is being sent.
  public let record: SnapshotRecord

  /// Opens a snapshot of which the journal says that it is its newest.
  public init(_ disk: any Disk, _ record: SnapshotRecord) throws(JournalError) {
    self.disk = disk
    self.record = record
    file = try withDisk { () throws(DiskError) in
      try disk.open(FileName.ofSnapshot(record.index))
    }
  }

  /// The piece at `offset`, of at most `limit` bytes; empty at the end.
  public func piece(at offset: Int, limit: Int) throws(JournalError) -> [UInt8] {
    try withDisk { () throws(DiskError) in try file.piece(at: offset, limit: limit) }
  }
}

extension DiskFile {
  /// The bytes at `offset`, `limit` at the most; fewer only at the file's end.
  func piece(at offset: Int, limit: Int) throws(DiskError) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: limit)
    let count = try piece.withUnsafeMutableBufferPointer { piece throws(DiskError) in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(piece))
    }
    piece.removeLast(limit - count)
    return piece
  }
}
