import Synchronization
import WAL

/// Whether a disk has space.
final class Fullness: Sendable {
  private let flag = Atomic(false)
  var isFull: Bool { flag.load(ordering: .sequentiallyConsistent) }
  func fill() { flag.store(true, ordering: .sequentiallyConsistent) }
  func makeRoom() { flag.store(false, ordering: .sequentiallyConsistent) }
}

/// A real disk that can be full: then it takes the first half of what is appended, and refuses the rest.
struct FillableDisk: Disk, Sendable {
  private let disk: PosixDisk
  private let fullness: Fullness

  init(_ disk: PosixDisk, _ fullness: Fullness) {
    self.disk = disk
    self.fullness = fullness
  }

  func append(_ bytes: UnsafeRawBufferPointer, to file: PosixDisk.File) throws(DiskError) {
    guard fullness.isFull else { return try disk.append(bytes, to: file) }
    try disk.append(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), to: file)
    throw DiskError(.noSpace, "append: No space left on device")
  }

  func makeDirectory() throws(DiskError) { try disk.makeDirectory() }
  func lock() throws(DiskError) { try disk.lock() }
  func list() throws(DiskError) -> [String] { try disk.list() }
  func open(_ name: String) throws(DiskError) -> PosixDisk.File { try disk.open(name) }
  func create(_ name: String) throws(DiskError) -> PosixDisk.File { try disk.create(name) }
  func size(of file: PosixDisk.File) throws(DiskError) -> Int { try disk.size(of: file) }
  func read(
    _ file: PosixDisk.File, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int { try disk.read(file, at: offset, into: buffer) }
  func truncate(_ file: PosixDisk.File, to length: Int) throws(DiskError) {
    try disk.truncate(file, to: length)
  }
  func sync(_ file: PosixDisk.File) throws(DiskError) { try disk.sync(file) }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try disk.rename(name, to: newName)
  }
  func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
  func syncDirectory() throws(DiskError) { try disk.syncDirectory() }
}
