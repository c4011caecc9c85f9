package import WAL

/// A disk that forgets: what a power cut may leave of a directory, and what a disk may refuse.
///
/// A file has two images: what processes see, and what is durable; see ``Content``. The directory
/// has a durable image and a list of changes since. A power cut keeps the durable images, any
/// 512-byte sectors of what was written since, a length between the two, and any of the changes.
package final class MemoryDisk: Disk, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: tests and simulations use a disk from one thread, or under a
  // lock of their own.

  private struct Name {
    var text: String
    var file: Content
  }

  private enum Change {
    case link(String, Content)
    case unlink(String)
    /// A name is a name of a file: whichever of the changes survive, it never becomes another's.
    case rename(String, to: String, Content)
  }

  /// The operations that change something.
  package enum Operation: Hashable, CaseIterable, Sendable {
    case create, write, rewrite, truncate, sync, rename, remove, syncDirectory
  }

  private var cached: [Name] = []
  private var durable: [Name] = []
  private var changes: [Change] = []
  private var isLocked = false

  /// How many operations that change something are done before the power goes.
  package var operationsLeft = Int.max
  /// How many were done.
  package private(set) var operationsDone = 0
  /// How many bytes fit on the disk.
  package var capacity = Int.max
  /// Whether what is written over other bytes takes space too, and what is cut off gives none back.
  package var copiesOnWrite = false
  /// Fails, once, the operation of a kind (nil: of any) that comes after so many of it.
  package var failure: (operation: Operation?, after: Int)?
  /// The reason it then fails for.
  package var failureReason = DiskError.Reason.other
  /// Whether an operation has failed for that.
  package private(set) var hasFailed = false

  package init() {}

  // MARK: What can happen to it

  /// The disk after a power cut.
  package func afterPowerCut(_ random: inout some RandomNumberGenerator) -> MemoryDisk {
    let disk = MemoryDisk()
    var names = durable
    for change in changes where random.next(below: 2) == 0 { Self.apply(change, to: &names) }
    // A file with two names is one file.
    var survivors: [ObjectIdentifier: Content] = [:]
    for name in names {
      let survivor = survivors[ObjectIdentifier(name.file)] ?? name.file.afterPowerCut(&random)
      survivors[ObjectIdentifier(name.file)] = survivor
      disk.durable.append(Name(text: name.text, file: survivor))
    }
    disk.cached = disk.durable
    return disk
  }

  /// The disk after the process, but not the machine, has died. It is as full as before, and fails
  /// what it was to fail.
  package func afterKill() -> MemoryDisk {
    let disk = MemoryDisk()
    (disk.cached, disk.durable, disk.changes) = (cached, durable, changes)
    (disk.capacity, disk.copiesOnWrite) = (capacity, copiesOnWrite)
    (disk.failure, disk.failureReason) = (failure, failureReason)
    return disk
  }

  /// Flips one bit of some file.
  /// - Returns: whether there was one.
  package func flipBit(_ random: inout some RandomNumberGenerator) -> Bool {
    let files = cached.map(\.file).filter { !$0.cached.isEmpty }
    if files.isEmpty { return false }
    files[random.next(below: files.count)].flipBit(&random)
    return true
  }

  private static func apply(_ change: Change, to names: inout [Name]) {
    switch change {
    case .link(let text, let file):
      names.removeAll { $0.text == text }
      names.append(Name(text: text, file: file))
    case .unlink(let text): names.removeAll { $0.text == text }
    case .rename(let old, let new, let file):
      names.removeAll { $0.text == old || $0.text == new }
      names.append(Name(text: new, file: file))
    }
  }

  /// The bytes of a file, as the process sees them. What is set is durable.
  package subscript(name: String) -> [UInt8]? {
    get { cached.first { $0.text == name }?.file.cached }
    set {
      let change: Change = newValue.map { .link(name, Content(durable: $0)) } ?? .unlink(name)
      Self.apply(change, to: &cached)
      Self.apply(change, to: &durable)
    }
  }

  /// The names of all files, in order.
  package var names: [String] { cached.map(\.text).sorted() }

  /// How many more bytes fit.
  package var room: Int {
    get { capacity == .max ? .max : max(0, capacity - used) }
    set { capacity = newValue == .max ? .max : used + newValue }
  }

  /// Notes that bytes were written over or cut off.
  func keep(_ bytes: Int) { if copiesOnWrite, capacity < .max { capacity -= bytes } }

  private var used: Int { cached.reduce(0) { $0 + $1.file.cached.count } }

  func begin(_ operation: Operation) throws(DiskError) {
    guard operationsLeft > 0 else { throw DiskError(.other, "the power is off") }
    operationsLeft -= 1
    operationsDone += 1
    guard let (failing, after) = failure, failing == nil || failing == operation else { return }
    failure = after == 0 ? nil : (failing, after - 1)
    if after > 0 { return }
    hasFailed = true
    throw DiskError(failureReason, "\(operation): Input/output error")
  }

  /// The power goes in the midst of the last operation: whether it was done is unknown.
  func end() throws(DiskError) {
    if operationsLeft == 0 { throw DiskError(.other, "the power went off") }
  }

  // MARK: Disk

  package func makeDirectory() throws(DiskError) {}

  package func lock() throws(DiskError) {
    if isLocked { throw DiskError(.locked, "locked: another process is using it") }
    isLocked = true
  }

  package func list() throws(DiskError) -> [String] { cached.map(\.text) }

  private func content(_ name: String) throws(DiskError) -> Content {
    guard let found = cached.first(where: { $0.text == name }) else {
      throw DiskError(.other, "no such file: \(name)")
    }
    return found.file
  }

  package func open(_ name: String) throws(DiskError) -> any DiskFile {
    MemoryFile(try content(name), on: self)
  }

  package func openForWriting(_ name: String) throws(DiskError) -> any DiskFile { try open(name) }

  package func create(_ name: String) throws(DiskError) -> any DiskFile {
    let content = Content()
    try change(.create, .link(name, content))
    return MemoryFile(content, on: self)
  }

  package func rename(_ name: String, to newName: String) throws(DiskError) {
    try change(.rename, .rename(name, to: newName, try content(name)))
  }

  package func remove(_ name: String) throws(DiskError) {
    _ = try content(name)
    try change(.remove, .unlink(name))
  }

  private func change(_ operation: Operation, _ change: Change) throws(DiskError) {
    try begin(operation)
    changes.append(change)
    Self.apply(change, to: &cached)
    try end()
  }

  package func syncDirectory() throws(DiskError) {
    try begin(.syncDirectory)
    try end()
    durable = cached
    changes = []
  }
}
