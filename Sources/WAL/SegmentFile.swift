/// The segment that is being written: whole batches, all of them durable, and perhaps padding.
///
///     {"crc":"…}⏎{"crc":"…}⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎⏎
///     └─ length ───────────┘          │
///     └─ file's length ───────────────┘
///
/// A sync of a file that has grown makes the file system write where the file ends now, beside the
/// data, and that takes as long again. A padded segment is longer than what it holds: newlines are
/// written ahead, ``step`` bytes at a time, and batches are written over them. Blank lines mean
/// nothing, to `jq` as to recovery: a blank where a line should begin is the end of the log.
///
/// Padding is worth nothing by itself. Without space for it the segment grows as one that is not
/// padded, and no write fails for it. It is there only as long as the segment is written to: a
/// start cuts it off (``Recovery/repair()``), and so do ``trim()`` before the next segment begins
/// and at a clean end.
struct SegmentFile {
  private let file: any DiskFile
  /// How long the file is made at a time; 0 for no padding.
  private let step: Int
  /// Where the whole batches end.
  private(set) var length: Int
  /// Where the padding ends.
  private var fileLength: Int
  /// There was no space for padding: not before the segment is so long it is tried again.
  private var nextPadding = 0

  /// - Parameter length: the file's, which holds whole batches alone.
  init(_ file: any DiskFile, length: Int, paddedBy step: Int) {
    self.file = file
    self.step = step
    self.length = length
    fileLength = length
  }

  /// Adds a batch: when this returns, it is durable.
  /// - Throws: ``JournalError/noSpace(_:)``, after which the segment is as before and not padded;
  ///   ``JournalError/failed(_:)``, after which nothing is known of it.
  mutating func append(_ bytes: [UInt8]) throws(JournalError) {
    let end = length + bytes.count
    do throws(DiskError) { try file.write(bytes, at: length) } catch { throw takeBack(error) }
    do throws(DiskError) {
      if end > fileLength {
        fileLength = end
        try pad()
      }
      try file.sync()
    } catch { throw .failed(error.description) }
    length = end
  }

  /// Undoes a write that failed: a part of the batch may be there, and the next one must not be put
  /// behind it.
  private mutating func takeBack(_ error: DiskError) -> JournalError {
    guard error.reason == .noSpace else { return .failed(error.description) }
    do throws(DiskError) {
      try file.truncate(to: length)
      try file.sync()
    } catch { return .failed(error.description) }
    fileLength = length
    return .noSpace(error.description)
  }

  /// Makes the file longer than it has to be, by less than a step. The caller's sync is for this
  /// too: until then a power cut may leave any part of the padding, and of the batch before it,
  /// which is a torn tail as any other.
  private mutating func pad() throws(DiskError) {
    guard step > 0, fileLength >= nextPadding else { return }
    let padding = (step - fileLength % step) % step
    do throws(DiskError) {
      try file.write([UInt8](repeating: UInt8(ascii: "\n"), count: padding), at: fileLength)
      fileLength += padding
    } catch {
      guard error.reason == .noSpace else { throw error }
      // What fitted is better left to those who need it.
      try file.truncate(to: fileLength)
      nextPadding = fileLength + step
    }
  }

  /// Cuts the padding off; when this returns, the file durably ends with its last batch.
  mutating func trim() throws(DiskError) {
    if fileLength == length { return }
    try file.truncate(to: length)
    try file.sync()
    fileLength = length
  }

  /// Writes again what the file holds in `range`: see ``DiskFile/rewrite(_:)``.
  func rewrite(_ range: Range<Int>) throws(DiskError) { try file.rewrite(range) }

  /// See ``DiskFile/sync()``.
  func sync() throws(DiskError) { try file.sync() }
}
