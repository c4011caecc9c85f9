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
  func open(_ name: String) throws(DiskError) -> any DiskFile {
    opened += 1
    return try disk.open(name)
  }

  func makeDirectory() throws(DiskError) { try refuse() }
  func lock() throws(DiskError) { try refuse() }
  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile { try refuse() }
  func create(_ name: String) throws(DiskError) -> any DiskFile { try refuse() }
  func rename(_ name: String, to newName: String) throws(DiskError) { try refuse() }
  func remove(_ name: String) throws(DiskError) { try refuse() }
  func syncDirectory() throws(DiskError) { try refuse() }
}
