import DiskSimulation
import Foundation
import WAL

/// A disk for several threads at once, whose syncs can be held back.
final class GatedDisk: Disk, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: everything is touched only under `gate`.
  private let disk: MemoryDisk
  private let gate = NSCondition()
  private var isHeld = false
  private var waiting = 0
  private var syncsDone = 0

  init(_ disk: MemoryDisk = MemoryDisk()) { self.disk = disk }

  private func locked<Result, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
    gate.lock()
    defer { gate.unlock() }
    return try body()
  }

  var syncs: Int { locked { syncsDone } }
  func holdSyncs() { locked { isHeld = true } }
  func waitForHeldSync() async {
    while locked({ waiting == 0 }) { try? await Task.sleep(for: .milliseconds(1)) }
  }
  func releaseSyncs() {
    locked {
      isHeld = false
      gate.broadcast()
    }
  }

  func afterKill() -> GatedDisk { locked { GatedDisk(disk.afterKill()) } }

  func makeDirectory() throws(DiskError) {}
  func lock() throws(DiskError) { try locked { () throws(DiskError) in try disk.lock() } }
  func list() throws(DiskError) -> [String] {
    try locked { () throws(DiskError) in try disk.list() }
  }
  func open(_ name: String) throws(DiskError) -> any DiskFile {
    try locked { () throws(DiskError) in File(try disk.open(name), on: self) }
  }
  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile {
    try locked { () throws(DiskError) in File(try disk.openForWriting(name), on: self) }
  }
  func create(_ name: String) throws(DiskError) -> any DiskFile {
    try locked { () throws(DiskError) in File(try disk.create(name), on: self) }
  }
  func rename(_ name: String, to newName: String) throws(DiskError) {
    try locked { () throws(DiskError) in try disk.rename(name, to: newName) }
  }
  func remove(_ name: String) throws(DiskError) {
    try locked { () throws(DiskError) in try disk.remove(name) }
  }
  func syncDirectory() throws(DiskError) {
    try locked { () throws(DiskError) in try disk.syncDirectory() }
  }
}

extension GatedDisk {
  private final class File: DiskFile {
    private let file: any DiskFile
    private let disk: GatedDisk

    init(_ file: any DiskFile, on disk: GatedDisk) {
      self.file = file
      self.disk = disk
    }

    func sync() throws(DiskError) {
      try disk.locked { () throws(DiskError) in
        disk.syncsDone += 1
        disk.waiting += 1
        while disk.isHeld { disk.gate.wait() }
        disk.waiting -= 1
        try file.sync()
      }
    }

    func size() throws(DiskError) -> Int {
      try disk.locked { () throws(DiskError) in try file.size() }
    }
    func read(
      at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskError) -> Int {
      try disk.locked { () throws(DiskError) in try file.read(at: offset, into: buffer) }
    }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
      try disk.locked { () throws(DiskError) in try file.write(bytes, at: offset) }
    }
    func rewrite(_ range: Range<Int>) throws(DiskError) {
      try disk.locked { () throws(DiskError) in try file.rewrite(range) }
    }
    func truncate(to length: Int) throws(DiskError) {
      try disk.locked { () throws(DiskError) in try file.truncate(to: length) }
    }
  }
}
