import WAL

/// An open file of a ``MemoryDisk``.
final class MemoryFile: DiskFile {
  private let content: Content
  private let disk: MemoryDisk

  init(_ content: Content, on disk: MemoryDisk) {
    self.content = content
    self.disk = disk
  }

  func size() throws(DiskError) -> Int { content.cached.count }

  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int {
    let piece = content.cached.dropFirst(offset).prefix(buffer.count)
    buffer.copyBytes(from: piece)
    return piece.count
  }

  /// Only what the file grows by takes space, unless the disk copies on write.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
    try disk.begin(.write)
    let over = min(bytes.count, content.cached.count - offset)
    let free = disk.copiesOnWrite ? 0 : over
    let written = free + min(disk.room, bytes.count - free)
    content.cached.replaceSubrange(
      offset..<offset + min(over, written), with: bytes.prefix(written))
    content.soil(offset..<offset + written)
    disk.keep(min(over, written))
    try disk.end()
    if written < bytes.count { throw DiskError(.noSpace, "No space left on device") }
  }

  func rewrite(_ range: Range<Int>) throws(DiskError) {
    try disk.begin(.rewrite)
    if disk.copiesOnWrite, disk.room == 0 { throw DiskError(.noSpace, "No space left on device") }
    content.soil(range)
    try disk.end()
  }

  func truncate(to length: Int) throws(DiskError) {
    try disk.begin(.truncate)
    disk.keep(content.cached.count - length)
    content.cached.removeLast(content.cached.count - length)
    try disk.end()
  }

  func sync() throws(DiskError) {
    do throws(DiskError) {
      try disk.begin(.sync)
      try disk.end()
    } catch {
      // Without power nothing is written, nor forgotten.
      if disk.operationsLeft > 0 { content.clean(writing: false) }
      throw error
    }
    content.clean(writing: true)
  }
}
