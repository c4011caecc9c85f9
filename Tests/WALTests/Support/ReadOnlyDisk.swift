import WAL

/// A disk on read-only media: every operation that would change something fails.
final class ReadOnlyDisk: Disk {
  private let disk: PosixDisk
  private(set) var opened = 0

  init(_ disk: PosixDisk) { self.disk = disk }

  private func refuse() throws(DiskError) -> Never {
    throw DiskError(.other, "Read-only file system")
  }

  func list() throws(DiskError) -> [String] { try disk.list() }
  func open(_ name: String) throws(DiskError) -> PosixDisk.File {
    opened += 1
    return try disk.open(name)
  }
  func size(of file: PosixDisk.File) throws(DiskError) -> Int { try disk.size(of: file) }
  func read(
    _ file: PosixDisk.File, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int { try disk.read(file, at: offset, into: buffer) }

  func makeDirectory() throws(DiskError) { try refuse() }
  func lock() throws(DiskError) { try refuse() }
  func openForAppending(_ name: String) throws(DiskError) -> PosixDisk.File { try refuse() }
  func create(_ name: String) throws(DiskError) -> PosixDisk.File { try refuse() }
  func append(_ bytes: UnsafeRawBufferPointer, to file: PosixDisk.File) throws(DiskError) {
    try refuse()
  }
  func rewrite(_ range: Range<Int>, of file: PosixDisk.File) throws(DiskError) { try refuse() }
  func truncate(_ file: PosixDisk.File, to length: Int) throws(DiskError) { try refuse() }
  func sync(_ file: PosixDisk.File) throws(DiskError) { try refuse() }
  func rename(_ name: String, to newName: String) throws(DiskError) { try refuse() }
  func remove(_ name: String) throws(DiskError) { try refuse() }
  func syncDirectory() throws(DiskError) { try refuse() }
}
