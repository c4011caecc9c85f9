/// Builds a tree from a snapshot's entries, which come in the order of
/// ``Directory/descendants(of:)``: a directory, then what it holds.
///
/// So an entry's directory is always on the path to the entry before it, and the cost of an entry
/// depends only on its name, not on its depth.
public struct KeySpaceLoader: ~Copyable {
  private var space = KeySpace()
  /// The directories on the way to the last entry, the root first, each with the length of its path
  /// in `bytes`.
  private var open: [(directory: Directory, length: Int)]
  /// The last entry's path.
  private var bytes: [UInt8] = []

  public init() { open = [(space.root, 0)] }

  /// Adds the entry `name` at `depth`, which is 1 for entries of the root.
  /// - Throws: if no snapshot can have this entry after the earlier ones.
  public mutating func load(
    _ name: [UInt8], depth: Int, _ info: KeyInfo
  ) throws(MisplacedEntry) {
    guard (1...open.count).contains(depth), !name.isEmpty, !name.contains(UInt8(ascii: "/")) else {
      throw MisplacedEntry()
    }
    open.removeLast(open.count - depth)
    let (parent, length) = open[depth - 1]
    bytes.removeLast(bytes.count - length)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(contentsOf: name)
    let node = space.makeNode(
      info.value.map(KeySpace.Content.file) ?? .directory, createdIndex: info.createdIndex,
      modifiedIndex: info.modifiedIndex, expiration: info.expiration)
    let old = parent.entries.put(name[...], epoch: space.epoch) { old in
      old ?? DirectoryEntry(name: name, node: node)
    }
    guard old == nil else { throw MisplacedEntry() }
    space.noteChange(at: Path(unchecked: bytes), from: nil, to: node)
    if case .directory(let directory) = node { open.append((directory, bytes.count)) }
  }

  /// Adds the entry at `path`, as snapshots named them before they had depths.
  /// - Throws: as above.
  public mutating func load(_ path: Path, _ info: KeyInfo) throws(MisplacedEntry) {
    let depth = path.depth
    let parent = path.bytes.dropLast(path.name.count + 1)
    guard (1...open.count).contains(depth),
      parent == bytes.prefix(open[depth - 1].length)
    else { throw MisplacedEntry() }
    try load(Array(path.name), depth: depth, info)
  }

  /// The tree, once everything is loaded. The store was at `index`, and `latestStamp` was the
  /// newest stamp in its log.
  public consuming func finish(at index: StoreIndex, latestStamp: Timestamp? = nil) -> KeySpace {
    space.finishLoading(at: index, latestStamp)
    return space
  }
}

/// An entry at an impossible place: no directory is open for it, or it already exists.
public struct MisplacedEntry: Error, Hashable, Sendable {
  public init() {}
}
