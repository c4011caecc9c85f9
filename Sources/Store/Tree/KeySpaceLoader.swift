/// Builds a tree from a snapshot's entries, which come in the order of
/// ``Directory/descendants(of:)``: a directory, then what it holds.
///
/// So an entry's directory is always on the path to the entry before it, and the cost of an entry
/// depends only on its name, not on its depth.
public struct KeySpaceLoader: ~Copyable {
  private var space = KeySpace()
  /// The directories on the way to the last entry, the root first.
  private var open: [OpenDirectory]
  /// The last entry's path.
  private var bytes: [UInt8] = []

  public init() { open = [OpenDirectory(space.root, length: 0, epoch: space.epoch)] }

  /// Adds the entry `name` at `depth`, which is 1 for entries of the root.
  /// - Throws: if no snapshot can have this entry after the earlier ones.
  public mutating func load(
    _ name: Name, depth: Int, _ info: KeyInfo
  ) throws(MisplacedEntry) {
    guard (1...open.count).contains(depth), name.count > 0, !name.contains(UInt8(ascii: "/")) else {
      throw MisplacedEntry()
    }
    close(downTo: depth)
    bytes.removeLast(bytes.count - open[depth - 1].length)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(name)
    let node = space.makeNode(
      info.value.map(KeySpace.Content.file) ?? .directory, createdIndex: info.createdIndex,
      modifiedIndex: info.modifiedIndex, expiration: info.expiration)
    try open[depth - 1].add(DirectoryEntry(name: name, node: node), epoch: space.epoch)
    // What is in a directory is counted when it is closed.
    open[depth - 1].directory.tally += node.tally
    space.noteLoaded(node, at: Path(unchecked: bytes))
    if case .directory(let directory) = node {
      open.append(OpenDirectory(directory, length: bytes.count, epoch: space.epoch))
    }
  }

  /// Closes the directories that the next entry is not in.
  private mutating func close(downTo count: Int) {
    while open.count > count {
      open[open.count - 1].finish()
      let closed = open.removeLast().directory
      open.last?.directory.tally += closed.tally
    }
  }

  /// Adds the entry at `path`, as snapshots named them before they had depths.
  /// - Throws: as above.
  public mutating func load(_ path: Path, _ info: KeyInfo) throws(MisplacedEntry) {
    let depth = path.depth
    let parent = path.bytes.dropLast(path.name.count + 1)
    guard (1...open.count).contains(depth),
      parent == bytes.prefix(open[depth - 1].length)
    else { throw MisplacedEntry() }
    try load(Name(path.name.span), depth: depth, info)
  }

  /// The tree, once everything is loaded. The store was at `index`, and `latestStamp` was the
  /// newest stamp in its log.
  public consuming func finish(at index: StoreIndex, latestStamp: Timestamp? = nil) -> KeySpace {
    close(downTo: 0)
    space.finishLoading(at: index, latestStamp)
    return space
  }
}

/// A directory whose entries are being loaded. They come by name, so no place is looked for.
private struct OpenDirectory {
  let directory: Directory
  /// That of its path, in bytes.
  let length: Int
  /// Nil once an entry has come out of order, or all are there.
  private var entries: SortedTreeBuilder<DirectoryEntry>?
  private var lastName: Name?

  init(_ directory: Directory, length: Int, epoch: Epoch) {
    self.directory = directory
    self.length = length
    entries = SortedTreeBuilder(epoch: epoch)
  }

  /// - Throws: if there is an entry of this name.
  mutating func add(_ entry: DirectoryEntry, epoch: Epoch) throws(MisplacedEntry) {
    if entries != nil, lastName.map({ $0.isBefore(entry.name) }) ?? true {
      entries?.append(entry)
      lastName = entry.name
      return
    }
    finish()
    let old = directory.entries.put(Name.Sought(entry.name), epoch: epoch) { $0 ?? entry }
    if old != nil { throw MisplacedEntry() }
  }

  /// Has the directory hold what was added.
  mutating func finish() {
    if let entries = entries.take() { directory.entries = entries.finish() }
  }
}

/// An entry at an impossible place: no directory is open for it, or it already exists.
public struct MisplacedEntry: Error, Hashable, Sendable {
  public init() {}
}
