/// A file that is written from front to back, and synced on the way.
///
/// A disk that is busy with one file holds up the syncs of others, and a log's are what every write
/// waits for: all of a large file at once would stop writes for as long as the disk takes for it.
/// So every few megabytes are made durable when they are written, and what is left for the last
/// ``sync()`` is little.
struct SequentialFile {
  private let file: any DiskFile
  /// How many bytes were written.
  private(set) var length = 0
  /// How many of those are durable.
  private var synced = 0

  /// How many bytes are written between two syncs.
  static var syncInterval: Int { 4 << 20 }

  /// - Parameter file: an empty one.
  init(_ file: any DiskFile) { self.file = file }

  mutating func append(_ bytes: [UInt8]) throws(DiskError) {
    try file.write(bytes, at: length)
    length += bytes.count
    if length - synced >= Self.syncInterval {
      try file.sync()
      synced = length
    }
  }

  /// Returns once all of it is durable.
  func sync() throws(DiskError) { try file.sync() }
}
