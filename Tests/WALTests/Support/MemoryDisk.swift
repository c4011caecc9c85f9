import WAL

/// A disk that forgets: what a power cut may leave of a directory, and what a disk may refuse.
///
/// A file has two images: what the process sees, and what is durable. The directory has a durable
/// image and a list of changes since. A power cut keeps the durable images, any 512-byte sectors of
/// what was written since, a length somewhere between the two, and any of the changes.
///
/// A sync writes the sectors that are dirty. One that fails leaves them clean all the same, as
/// Linux does: everybody goes on seeing what was written, and no later sync writes it.
final class MemoryDisk: Disk {
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
    func clean(writing: Bool) {
      if writing {
        durable.removeLast(max(0, durable.count - cached.count))
        durable += [UInt8](repeating: 0, count: cached.count - durable.count)
        for sector in dirty {
          for place in sector * Self.sectorSize..<(sector + 1) * Self.sectorSize
          where place < cached.count { durable[place] = cached[place] }
        }
      }
      dirty = []
    }
  }

  private enum Change {
    case link(String, Content)
    case rename(String, String, Content)
    case unlink(String)
  }

  enum Operation: Hashable, CaseIterable {
    case create, write, rewrite, truncate, sync, rename, remove, syncDirectory
  }

  private var cachedNames: [String: Content] = [:]
  private var durableNames: [String: Content] = [:]
  private var changes: [Change] = []
  private var isLocked = false

  /// So many operations that change something are done before the power goes.
  var operationsLeft = Int.max
  /// How many were done.
  private(set) var operationsDone = 0
  /// So many bytes fit on the disk.
  var capacity = Int.max
  /// Whether a write takes new space also where there was something.
  var copiesOnWrite = false
  /// Fails, once, the operation of a kind that comes after so many of it.
  var failure: (operation: Operation, after: Int)?
  /// What it then fails for.
  var failureReason = DiskError.Reason.other

  // MARK: What can happen to it

  /// The disk after a power cut.
  func afterPowerCut(_ random: inout some RandomNumberGenerator) -> MemoryDisk {
    let disk = MemoryDisk()
    var names = durableNames
    for change in changes where Bool.random(using: &random) { Self.apply(change, to: &names) }
    // A file with two names is one file.
    var survivors: [ObjectIdentifier: Content] = [:]
    for (name, file) in names.sorted(by: { $0.key < $1.key }) {
      let survivor = survivors[ObjectIdentifier(file)] ?? Self.survivor(of: file, &random)
      survivors[ObjectIdentifier(file)] = survivor
      disk.durableNames[name] = survivor
      disk.cachedNames[name] = survivor
    }
    return disk
  }

  /// The disk after the process, but not the machine, has died.
  func afterKill() -> MemoryDisk {
    let disk = MemoryDisk()
    disk.cachedNames = cachedNames
    disk.durableNames = durableNames
    disk.changes = changes
    return disk
  }

  private static func survivor(
    of file: Content, _ random: inout some RandomNumberGenerator
  ) -> Content {
    let survivor = Content()
    survivor.durable = file.durable
    if file.cached != file.durable {
      let lengths = [file.durable.count, file.cached.count].sorted()
      let length =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: lengths[0]
        case 1: lengths[1]
        default: Int.random(in: lengths[0]...lengths[1], using: &random)
        }
      var bytes = [UInt8](repeating: 0, count: length)
      let keepsMost = Bool.random(using: &random)
      for start in stride(from: 0, to: length, by: Content.sectorSize) {
        let isNew =
          Int.random(in: 0..<10, using: &random) < (keepsMost ? 9 : 5)
          && file.dirty.contains(start / Content.sectorSize)
        let image = isNew ? file.cached : file.durable
        for place in start..<min(start + Content.sectorSize, length) where place < image.count {
          bytes[place] = image[place]
        }
      }
      survivor.durable = bytes
    }
    survivor.cached = survivor.durable
    return survivor
  }

  private static func apply(_ change: Change, to names: inout [String: Content]) {
    switch change {
    case .link(let name, let file): names[name] = file
    case .unlink(let name): names[name] = nil
    case .rename(let old, let new, let file):
      names[old] = nil
      names[new] = file
    }
  }

  /// The bytes of a file, as the process sees them.
  subscript(name: String) -> [UInt8]? {
    get { cachedNames[name]?.cached }
    set {
      let file = Content()
      file.cached = newValue ?? []
      file.durable = file.cached
      cachedNames[name] = newValue == nil ? nil : file
      durableNames[name] = cachedNames[name]
    }
  }

  var names: [String] { cachedNames.keys.sorted() }

  private var used: Int { cachedNames.values.reduce(0) { $0 + $1.cached.count } }

  private func begin(_ operation: Operation) throws(DiskError) {
    guard operationsLeft > 0 else { throw DiskError(.other, "the power is off") }
    operationsLeft -= 1
    operationsDone += 1
    guard let (failing, after) = failure, failing == operation else { return }
    failure = after == 0 ? nil : (failing, after - 1)
    if after == 0 { throw DiskError(failureReason, "\(operation): Input/output error") }
  }

  /// The power goes in the midst of the last operation: what it did is seen by nobody for certain.
  private func end() throws(DiskError) {
    if operationsLeft == 0 { throw DiskError(.other, "the power went off") }
  }

  // MARK: Disk

  func makeDirectory() throws(DiskError) {}

  func lock() throws(DiskError) {
    if isLocked { throw DiskError(.locked, "locked: another process is using it") }
    isLocked = true
  }

  func list() throws(DiskError) -> [String] { Array(cachedNames.keys) }

  private func content(_ name: String) throws(DiskError) -> Content {
    guard let content = cachedNames[name] else {
      throw DiskError(.other, "no such file: \(name)")
    }
    return content
  }

  func open(_ name: String) throws(DiskError) -> any DiskFile {
    File(try content(name), on: self)
  }

  func openForWriting(_ name: String) throws(DiskError) -> any DiskFile { try open(name) }

  func create(_ name: String) throws(DiskError) -> any DiskFile {
    try begin(.create)
    let content = Content()
    cachedNames[name] = content
    changes.append(.link(name, content))
    try end()
    return File(content, on: self)
  }

  func rename(_ name: String, to newName: String) throws(DiskError) {
    try begin(.rename)
    let content = try content(name)
    cachedNames[name] = nil
    cachedNames[newName] = content
    changes.append(.rename(name, newName, content))
    try end()
  }

  func remove(_ name: String) throws(DiskError) {
    try begin(.remove)
    _ = try content(name)
    cachedNames[name] = nil
    changes.append(.unlink(name))
    try end()
  }

  func syncDirectory() throws(DiskError) {
    try begin(.syncDirectory)
    try end()
    durableNames = cachedNames
    changes = []
  }
}

extension MemoryDisk {
  /// An open file.
  private final class File: DiskFile {
    private let content: Content
    private let disk: MemoryDisk

    init(_ content: Content, on disk: MemoryDisk) {
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

    /// Only what the file grows by takes space.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskError) {
      try disk.begin(.write)
      let room = max(0, disk.capacity - disk.used)
      if disk.copiesOnWrite, room == 0 { throw DiskError(.noSpace, "No space left on device") }
      let over = min(bytes.count, content.cached.count - offset)
      let done = over + min(room, bytes.count - over)
      content.cached.replaceSubrange(offset..<offset + over, with: bytes.prefix(done))
      content.soil(offset..<offset + done)
      try disk.end()
      if done < bytes.count { throw DiskError(.noSpace, "No space left on device") }
    }

    func rewrite(_ range: Range<Int>) throws(DiskError) {
      try disk.begin(.rewrite)
      if disk.copiesOnWrite, disk.used >= disk.capacity {
        throw DiskError(.noSpace, "No space left on device")
      }
      content.soil(range)
      try disk.end()
    }

    func truncate(to length: Int) throws(DiskError) {
      try disk.begin(.truncate)
      content.cached.removeLast(content.cached.count - length)
      try disk.end()
    }

    func sync() throws(DiskError) {
      do throws(DiskError) {
        try disk.begin(.sync)
        try disk.end()
      } catch {
        // Without power nothing is written, nor forgotten.
        if disk.operationsLeft > 0 { content.clean(writing: false) }
        throw error
      }
      content.clean(writing: true)
    }
  }
}
