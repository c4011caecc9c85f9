/// A store as it stood at one moment: a value that is taken in no time and read at leisure, while
/// writes go on.
public struct StoreSnapshot: Sendable {
  public let root: Directory
  /// The last event it contains.
  public let storeIndex: StoreIndex
  /// The last command it reflects.
  public let appliedIndex: LogIndex

  /// One file or directory.
  public struct Entry: Hashable, Sendable {
    public let path: Path
    public let info: NodeInfo

    public init(path: Path, info: NodeInfo) {
      self.path = path
      self.info = info
    }
  }

  /// Everything in it but the root: each directory before what it holds, names in byte order. The
  /// same commands give the same entries in the same order.
  public var entries: some Sequence<Entry> {
    root.descendants(of: .root).lazy.map { Entry(path: $0.path, info: $0.node.info) }
  }
}

extension Directory {
  /// The entries directly in this directory, by name in byte order.
  public var children: Children { Children(rest: entries.makeIterator()) }

  // A type of its own, not `some Sequence`: other modules could only step through that by looking its
  // generic types up again and again, which costs several times what stepping does.
  public struct Children: Sequence, IteratorProtocol {
    fileprivate var rest: SortedTree<DirectoryEntry>.Iterator

    public mutating func next() -> DirectoryEntry? { rest.next() }
  }

  /// Everything beneath this directory, which stands at `path`: each directory before what it holds.
  /// It goes down by a stack of its own, so depth costs memory, never the thread's stack.
  public func descendants(of path: Path) -> Descendants { Descendants(of: self, at: path) }

  public struct Descendants: Sequence, IteratorProtocol {
    private var stack: [(path: Path, rest: SortedTree<DirectoryEntry>.Iterator)]

    fileprivate init(of directory: Directory, at path: Path) {
      stack = [(path, directory.entries.makeIterator())]
    }

    public mutating func next() -> (path: Path, node: Node)? {
      while !stack.isEmpty {
        let top = stack.count - 1
        guard let entry = stack[top].rest.next() else {
          stack.removeLast()
          continue
        }
        let path = stack[top].path.appending(entry.name)
        if case .directory(let directory) = entry.node {
          stack.append((path, directory.entries.makeIterator()))
        }
        return (path, entry.node)
      }
      return nil
    }
  }
}
