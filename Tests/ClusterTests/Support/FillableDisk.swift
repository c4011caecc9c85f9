import Foundation
import Synchronization
import WAL

/// Whether a disk has space.
final class Fullness: Sendable {
  /// What does not fit.
  enum Extent: UInt8, AtomicRepresentable {
    case nothing
    /// Only files that are not the log's, such as a limit on the size of files would do.
    case log
    /// As ``log``; nor can the log be written again in place, as where every write takes new space.
    case logInPlace
    case everything
    /// Only snapshots.
    case snapshots
  }

  private let extent = Atomic(Extent.nothing)
  private let stallsSnapshots = Atomic(false)

  func fill(_ extent: Extent = .everything) {
    self.extent.store(extent, ordering: .sequentiallyConsistent)
  }
  func makeRoom() { fill(.nothing) }
  /// Has writes to snapshots wait, until it is told otherwise.
  func stallSnapshots(_ stalls: Bool) { stallsSnapshots.store(stalls, ordering: .relaxed) }

  fileprivate func hasRoom(inLog: Bool, isSnapshot: Bool) -> Bool {
    switch extent.load(ordering: .sequentiallyConsistent) {
    case .nothing: true
    case .log, .logInPlace: !inLog
    case .everything: false
    case .snapshots: !isSnapshot
    }
  }

  fileprivate var isStalled: Bool { stallsSnapshots.load(ordering: .relaxed) }

  fileprivate var hasRoomInPlace: Bool {
    extent.load(ordering: .sequentiallyConsistent) != .logInPlace
  }
}

/// A real disk that can be full: then it takes the first half of what is written, and refuses the
/// rest.
struct FillableDisk: Disk, Sendable {
  private let disk: PosixDisk
  private let fullness: Fullness

  init(_ disk: PosixDisk, _ fullness: Fullness) {
    self.disk = disk
    self.fullness = fullness
  }

  func makeDirectory() throws(DiskError) { try disk.makeDirectory() }
  func lock() throws(DiskError) { try disk.lock() }
  func list() throws(DiskError) -> [String] { try disk.list() }
  func open(_ name: String) throws(DiskError) -> any DiskFile { try disk.open(name) }
  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile {
    FillableFile(try disk.openForWriting(name), name, fullness)
  }
  func create(_ name: String) throws(DiskError) -> any DiskFile {
    FillableFile(try disk.create(name), name, fullness)
  }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try disk.rename(name, to: newName)
  }
  func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
  func syncDirectory() throws(DiskError) { try disk.syncDirectory() }
}

private final class FillableFile: DiskFile {
  private let file: any DiskFile
  private let isLog: Bool
  private let isSnapshot: Bool
  private let fullness: Fullness

  init(_ file: any DiskFile, _ name: String, _ fullness: Fullness) {
    self.file = file
    self.fullness = fullness
    isLog = name.hasPrefix("wal-")
    isSnapshot = name.hasPrefix("snapshot-")
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
    while isSnapshot, fullness.isStalled {
      Thread.sleep(forTimeInterval: 0.001)
    }
    if fullness.hasRoom(inLog: isLog, isSnapshot: isSnapshot) {
      return try file.write(bytes, at: offset)
    }
    try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: offset)
    throw DiskError(.noSpace, "write: No space left on device")
  }

  func size() throws(DiskError) -> Int { try file.size() }
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int { try file.read(at: offset, into: buffer) }
  func rewrite(_ range: Range<Int>) throws(DiskError) {
    guard fullness.hasRoomInPlace else {
      throw DiskError(.noSpace, "write: No space left on device")
    }
    try file.rewrite(range)
  }
  func truncate(to length: Int) throws(DiskError) { try file.truncate(to: length) }
  func sync() throws(DiskError) { try file.sync() }
}
