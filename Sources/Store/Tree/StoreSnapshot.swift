/// A store at one moment: a value that takes constant time to make, and that can be read while
/// writes go on.
public struct StoreSnapshot: Sendable {
  public let root: Directory
  /// The last event it contains.
  public let storeIndex: StoreIndex
  /// The last command it reflects.
  public let appliedIndex: LogIndex
  /// As in ``KeySpace/latestStamp``.
  public let latestStamp: Timestamp?

  /// One file or directory.
  public struct Entry: Hashable, Sendable {
    public let path: Path
    public let info: KeyInfo

    public init(path: Path, info: KeyInfo) {
      self.path = path
      self.info = info
    }
  }

  /// Everything except the root: each directory before its content, names in byte order. The same
  /// commands give the same entries in the same order.
  ///
  /// Each costs its whole path; ``Directory/descendants(of:)`` of ``root`` does without.
  public var entries: some Sequence<Entry> {
    var rest = root.descendants(of: .root)
    return AnyIterator {
      rest.next().map { Entry(path: rest.path, info: $0.node.info) }
    }
  }
}

extension Directory {
  /// The entries directly in this directory, by name in byte order.
  public var children: Children { Children(rest: entries.makeIterator()) }

  /// The entries of a directory, in order.
  ///
  /// Not `some Sequence`: other modules would look its generic types up at each step, which costs
  /// several times as much as the step itself.
  public struct Children: Sequence, IteratorProtocol {
    fileprivate var rest: SortedTree<DirectoryEntry>.Iterator

    public mutating func next() -> DirectoryEntry? { rest.next() }
  }

  /// Everything beneath this directory, whose path is `path`; a directory comes before its content.
  ///
  /// The sequence keeps its own stack, so depth costs memory but never the thread's stack. The
  /// cost of a step depends only on the entry's name, not on its depth.
  public func descendants(of path: Path) -> Descendants { Descendants(of: self, at: path) }

  /// A file or a directory beneath another directory.
  public struct Descendant: Sendable {
    /// The number of names from the other directory to this entry, including its own.
    public let depth: Int
    public let name: Name
    public let node: TreeNode
  }

  /// The entries beneath a directory at any depth, in order.
  public struct Descendants: Sequence, IteratorProtocol {
    /// A path that grows and shrinks: that of the open directory, then the last entry's name.
    private var bytes: [UInt8]
    /// The directories on the way down, each with the length of its path.
    private var stack: [(rest: SortedTree<DirectoryEntry>.Iterator, length: Int)]

    fileprivate init(of directory: Directory, at path: Path) {
      bytes = path.isRoot ? [] : path.bytes
      stack = [(directory.entries.makeIterator(), bytes.count)]
    }

    /// The path of the entry that was returned last; a copy.
    public var path: Path { Path(unchecked: bytes) }

    public mutating func next() -> Descendant? {
      while !stack.isEmpty {
        let top = stack.count - 1
        bytes.removeLast(bytes.count - stack[top].length)
        guard let entry = stack[top].rest.next() else {
          stack.removeLast()
          continue
        }
        bytes.append(UInt8(ascii: "/"))
        bytes.append(entry.name)
        if case .directory(let directory) = entry.node {
          stack.append((directory.entries.makeIterator(), bytes.count))
        }
        return Descendant(depth: top + 1, name: entry.name, node: entry.node)
      }
      return nil
    }
  }
}
