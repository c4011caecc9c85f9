import Synchronization
import WAL

/// Whether a disk has space.
final class Fullness: Sendable {
  /// What does not fit.
  enum Extent: UInt8, AtomicRepresentable {
    case nothing
    /// Only files that are not the log's, such as a limit on the size of files would do.
    case log
    case everything
  }

  private let extent = Atomic(Extent.nothing)

  func fill(_ extent: Extent = .everything) {
    self.extent.store(extent, ordering: .sequentiallyConsistent)
  }
  func makeRoom() { fill(.nothing) }

  fileprivate func hasRoom(inLog: Bool) -> Bool {
    switch extent.load(ordering: .sequentiallyConsistent) {
    case .nothing: true
    case .log: !inLog
    case .everything: false
    }
  }
}

/// A real disk that can be full: then it takes the first half of what is appended, and refuses the rest.
struct FillableDisk: Disk, Sendable {
  struct File: Sendable {
    fileprivate let file: PosixDisk.File
    fileprivate let isLog: Bool
  }

  private let disk: PosixDisk
  private let fullness: Fullness

  init(_ disk: PosixDisk, _ fullness: Fullness) {
    self.disk = disk
    self.fullness = fullness
  }

  func append(_ bytes: UnsafeRawBufferPointer, to file: File) throws(DiskError) {
    if fullness.hasRoom(inLog: file.isLog) { return try disk.append(bytes, to: file.file) }
    try disk.append(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), to: file.file)
    throw DiskError(.noSpace, "append: No space left on device")
  }

  private func file(_ name: String, _ file: PosixDisk.File) -> File {
    File(file: file, isLog: name.hasPrefix("wal-"))
  }

  func makeDirectory() throws(DiskError) { try disk.makeDirectory() }
  func lock() throws(DiskError) { try disk.lock() }
  func list() throws(DiskError) -> [String] { try disk.list() }
  func open(_ name: String) throws(DiskError) -> File { file(name, try disk.open(name)) }
  func openForAppending(_ name: String) throws(DiskError) -> File {
    file(name, try disk.openForAppending(name))
  }
  func create(_ name: String) throws(DiskError) -> File { file(name, try disk.create(name)) }
  func size(of file: File) throws(DiskError) -> Int { try disk.size(of: file.file) }
  func read(
    _ file: File, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int { try disk.read(file.file, at: offset, into: buffer) }
  func rewrite(_ range: Range<Int>, of file: File) throws(DiskError) {
    try disk.rewrite(range, of: file.file)
  }
  func truncate(_ file: File, to length: Int) throws(DiskError) {
    try disk.truncate(file.file, to: length)
  }
  func sync(_ file: File) throws(DiskError) { try disk.sync(file.file) }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try disk.rename(name, to: newName)
  }
  func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
  func syncDirectory() throws(DiskError) { try disk.syncDirectory() }
}
