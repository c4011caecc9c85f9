package import Raft
package import WAL

/// A directory on a disk that can lose power.
///
/// A file has two images: what the process sees, and what is durable; the directory has a durable
/// image and a list of changes since. A power cut keeps the durable images, any 512-byte sectors of
/// what was written since, a length between the two, and any of the changes.
///
/// A sync writes the sectors that are dirty. One that fails leaves them clean all the same, as
/// Linux does: processes go on seeing what was written, and no later sync writes it.
package final class SimulatedDisk: Disk, @unchecked Sendable {
  // Why `@unchecked Sendable` holds: a simulation runs on one thread, its background work included.

  /// What a file holds.
  final class Content {
    var cached: [UInt8] = []
    var durable: [UInt8] = []
    /// The numbers of the sectors that the next sync writes.
    var dirty: Set<Int> = []

    static let sectorSize = 512

    func soil(_ range: Range<Int>) {
      if range.isEmpty { return }
      dirty.formUnion(range.lowerBound / Self.sectorSize...(range.upperBound - 1) / Self.sectorSize)
    }

    /// The length is the file system's own, and not lost with a sector.
    func writeDirty() {
      durable.removeLast(max(0, durable.count - cached.count))
      durable += [UInt8](repeating: 0, count: cached.count - durable.count)
      for sector in dirty where sector * Self.sectorSize < cached.count {
        let start = sector * Self.sectorSize
        let end = min(start + Self.sectorSize, cached.count)
        durable.replaceSubrange(start..<end, with: cached[start..<end])
      }
      dirty = []
    }
  }

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

  private var cached: [Name] = []
  private var durable: [Name] = []
  private var changes: [Change] = []
  /// So many operations that change something are done before the power goes.
  package var operationsLeft = Int.max
  /// So many operations that change something are done before one fails.
  package var operationsUntilFailure: Int?
  /// An operation has failed.
  package var hasFailed = false
  /// So many more bytes fit.
  package var room = Int.max
  /// Whether what is written over other bytes takes space too.
  var copiesOnWrite = false

  package init() {}

  /// What is left after a power cut.
  package func afterPowerCut(_ random: inout SplitMix64) -> SimulatedDisk {
    let disk = SimulatedDisk()
    var names = durable
    for change in changes where random.chance(500) { SimulatedDisk.apply(change, to: &names) }
    for name in names {
      let survivor = SimulatedDisk.survivor(of: name.file, &random)
      disk.durable.append(Name(text: name.text, file: survivor))
    }
    disk.cached = disk.durable
    return disk
  }

  /// Flips one bit in the first half of some file. In the last batch of a log it could not be told
  /// from a write that the power cut through.
  /// - Returns: whether there was one.
  package func flipBit(_ random: inout SplitMix64) -> Bool {
    let files = cached.map(\.file).filter { !$0.cached.isEmpty }
    if files.isEmpty { return false }
    let file = files[random.next(below: files.count)]
    let place = random.next(below: max(1, file.cached.count / 2))
    let bit = UInt8(1) << UInt8(random.next(below: 8))
    file.cached[place] ^= bit
    if place < file.durable.count { file.durable[place] ^= bit }
    return true
  }

  private static func survivor(of file: Content, _ random: inout SplitMix64) -> Content {
    let survivor = Content()
    survivor.durable = file.durable
    if file.cached != file.durable {
      let (low, high) = (
        min(file.durable.count, file.cached.count), max(file.durable.count, file.cached.count)
      )
      let length = [low, high, random.between(low, high)][random.next(below: 3)]
      var bytes = [UInt8](repeating: 0, count: length)
      for start in stride(from: 0, to: length, by: Content.sectorSize) {
        let isDirty = file.dirty.contains(start / Content.sectorSize)
        let image = random.chance(600) && isDirty ? file.cached : file.durable
        for place in start..<min(start + Content.sectorSize, length) where place < image.count {
          bytes[place] = image[place]
        }
      }
      survivor.durable = bytes
    }
    survivor.cached = survivor.durable
    return survivor
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

  private func change(_ change: Change) {
    changes.append(change)
    SimulatedDisk.apply(change, to: &cached)
  }

  private func begin() throws(DiskError) {
    guard operationsLeft > 0 else { throw DiskError(.other, "the power is off") }
    operationsLeft -= 1
    guard let count = operationsUntilFailure else { return }
    operationsUntilFailure = count == 0 ? nil : count - 1
    if count == 0 {
      hasFailed = true
      throw DiskError(.other, "Input/output error")
    }
  }

  // MARK: Disk

  package func makeDirectory() throws(DiskError) {}
  package func lock() throws(DiskError) {}
  package func list() throws(DiskError) -> [String] { cached.map(\.text) }

  private func content(_ name: String) throws(DiskError) -> Content {
    guard let found = cached.first(where: { $0.text == name }) else {
      throw DiskError(.other, "no such file: \(name)")
    }
    return found.file
  }

  package func open(_ name: String) throws(DiskError) -> any DiskFile {
    File(try content(name), on: self)
  }

  package func openForWriting(_ name: String) throws(DiskError) -> any DiskFile { try open(name) }

  package func create(_ name: String) throws(DiskError) -> any DiskFile {
    try begin()
    let content = Content()
    change(.link(name, content))
    return File(content, on: self)
  }

  package func rename(_ name: String, to newName: String) throws(DiskError) {
    try begin()
    change(.rename(name, to: newName, try content(name)))
  }

  package func remove(_ name: String) throws(DiskError) {
    try begin()
    change(.unlink(name))
  }

  package func syncDirectory() throws(DiskError) {
    try begin()
    guard operationsLeft > 0 else { throw DiskError(.other, "the power went off") }
    durable = cached
    changes = []
  }
}

extension SimulatedDisk {
  /// An open file.
  private final class File: DiskFile {
    private let content: Content
    private let disk: SimulatedDisk

    init(_ content: Content, on disk: SimulatedDisk) {
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

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
      try disk.begin()
      let over = min(bytes.count, content.cached.count - offset)
      let free = disk.copiesOnWrite ? 0 : over
      let taken = min(disk.room, bytes.count - free)
      if disk.room != .max { disk.room -= taken }
      let written = free + taken
      content.cached.replaceSubrange(
        offset..<offset + min(over, written), with: bytes.prefix(written))
      content.soil(offset..<offset + written)
      if written < bytes.count { throw DiskError(.noSpace, "No space left on device") }
    }

    func rewrite(_ range: Range<Int>) throws(DiskError) {
      try disk.begin()
      content.soil(range)
    }

    func truncate(to length: Int) throws(DiskError) {
      try disk.begin()
      content.soil(length..<content.cached.count)
      content.cached.removeLast(content.cached.count - length)
    }

    func sync() throws(DiskError) {
      do throws(DiskError) { try disk.begin() } catch {
        // Without power nothing is written, nor forgotten.
        if disk.operationsLeft > 0 { content.dirty = [] }
        throw error
      }
      // The last operation before the power goes may have been in vain.
      guard disk.operationsLeft > 0 else { throw DiskError(.other, "the power went off") }
      content.writeDirty()
    }
  }
}
