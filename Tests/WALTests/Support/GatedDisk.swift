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

  func sync(_ file: MemoryDisk.File) throws(DiskError) {
    try locked { () throws(DiskError) in
      syncsDone += 1
      waiting += 1
      while isHeld { gate.wait() }
      waiting -= 1
      try disk.sync(file)
    }
  }

  func makeDirectory() throws(DiskError) {}
  func lock() throws(DiskError) { try locked { () throws(DiskError) in try disk.lock() } }
  func list() throws(DiskError) -> [String] {
    try locked { () throws(DiskError) in try disk.list() }
  }
  func open(_ name: String) throws(DiskError) -> MemoryDisk.File {
    try locked { () throws(DiskError) in try disk.open(name) }
  }
  func openForAppending(_ name: String) throws(DiskError) -> MemoryDisk.File {
    try locked { () throws(DiskError) in try disk.openForAppending(name) }
  }
  func create(_ name: String) throws(DiskError) -> MemoryDisk.File {
    try locked { () throws(DiskError) in try disk.create(name) }
  }
  func size(of file: MemoryDisk.File) throws(DiskError) -> Int {
    try locked { () throws(DiskError) in try disk.size(of: file) }
  }
  func read(
    _ file: MemoryDisk.File, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DiskError) -> Int {
    try locked { () throws(DiskError) in try disk.read(file, at: offset, into: buffer) }
  }
  func append(_ bytes: UnsafeRawBufferPointer, to file: MemoryDisk.File) throws(DiskError) {
    try locked { () throws(DiskError) in try disk.append(bytes, to: file) }
  }
  func rewrite(_ range: Range<Int>, of file: MemoryDisk.File) throws(DiskError) {
    try locked { () throws(DiskError) in try disk.rewrite(range, of: file) }
  }
  func truncate(_ file: MemoryDisk.File, to length: Int) throws(DiskError) {
    try locked { () throws(DiskError) in try disk.truncate(file, to: length) }
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
