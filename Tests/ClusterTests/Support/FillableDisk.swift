import Foundation
import Synchronization
import WAL

/// Whether a disk has space, and whether it works.
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

    fileprivate func hasRoom(for kind: Kind) -> Bool {
      switch self {
      case .nothing: true
      case .log, .logInPlace: kind != .log
      case .everything: false
      case .snapshots: kind != .snapshot
      }
    }
  }

  /// What a file is for.
  fileprivate enum Kind {
    case log, snapshot, other

    init(_ name: String) {
      self =
        name.hasPrefix("wal-") ? .log : name.hasPrefix("snapshot-") ? .snapshot : .other
    }
  }

  private let extent = Atomic(Extent.nothing)
  private let stalled = Atomic(Extent.nothing)
  private let broken = Atomic(Extent.nothing)
  private let snapshots = Atomic(0)

  /// How many files of snapshots were begun.
  var snapshotCount: Int { snapshots.load(ordering: .relaxed) }
  /// What the system would say.
  var availableBytes: UInt64 {
    extent.load(ordering: .sequentiallyConsistent) == .nothing ? 1 << 40 : 0
  }

  func fill(_ extent: Extent = .everything) {
    self.extent.store(extent, ordering: .sequentiallyConsistent)
  }
  func makeRoom() { fill(.nothing) }
  /// Has writes of what does not fit wait, instead of failing.
  func stall(_ extent: Extent) { stalled.store(extent, ordering: .sequentiallyConsistent) }
  func goOn() { stall(.nothing) }
  /// Has writes of what does not fit fail for another reason than space.
  func fail(_ extent: Extent) { broken.store(extent, ordering: .sequentiallyConsistent) }

  fileprivate func hasRoom(for kind: Kind) -> Bool {
    extent.load(ordering: .sequentiallyConsistent).hasRoom(for: kind)
  }

  fileprivate func isBroken(for kind: Kind) -> Bool {
    !broken.load(ordering: .sequentiallyConsistent).hasRoom(for: kind)
  }

  fileprivate func noteFile(_ name: String) {
    if Kind(name) == .snapshot { snapshots.add(1, ordering: .relaxed) }
  }

  fileprivate func isStalled(for kind: Kind) -> Bool {
    !stalled.load(ordering: .sequentiallyConsistent).hasRoom(for: kind)
  }

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
    fullness.noteFile(name)
    return FillableFile(try disk.create(name), name, fullness)
  }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try disk.rename(name, to: newName)
  }
  func remove(_ name: String) throws(DiskError) { try disk.remove(name) }
  func syncDirectory() throws(DiskError) { try disk.syncDirectory() }
}

private final class FillableFile: DiskFile {
  private let file: any DiskFile
  private let name: String
  private let kind: Fullness.Kind
  private let fullness: Fullness

  init(_ file: any DiskFile, _ name: String, _ fullness: Fullness) {
    self.file = file
    self.fullness = fullness
    self.name = name
    kind = Fullness.Kind(name)
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
    while fullness.isStalled(for: kind) { Thread.sleep(forTimeInterval: 0.001) }
    if fullness.isBroken(for: kind) {
      throw DiskError(.other, "write \(name): Input/output error")
    }
    if fullness.hasRoom(for: kind) {
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
