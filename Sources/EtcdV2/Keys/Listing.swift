internal import Bytes
internal import Store

/// The answer to a GET, written a piece at a time: the node at a path, and, if it is a directory,
/// what is in it, with `recursive` at every depth. Names that begin with `_` are left out, but for
/// the path's own.
///
/// What it shows is frozen: writes that come between two pieces go to copies. So it may be written
/// as slowly as its reader reads, and holds no more of the text than a piece.
///
/// It goes down by a stack of its own, so depth costs memory, never the thread's stack; names come
/// in byte order, which is also what etcd means by `sorted`.
struct Listing {
  /// An answer up to about this size is sent whole, with its length.
  static let wholeBytes = 256 << 10
  /// A larger one is sent in pieces of about this size, and others have their turn between them.
  static let pieceBytes = 32 << 10

  private let node: TreeNode
  private let path: Path
  private let isRecursive: Bool
  private let isExact: Bool
  private let now: Timestamp

  private var hasBegun = false
  /// The directories whose listing has begun, outermost first.
  private var stack: [OpenDirectory] = []
  /// The key of the directory on top of the stack, and of what is being listed in it.
  private var key: [UInt8] = []

  /// - Parameters:
  ///   - exact: whether keys and values that are not UTF-8 are written as `{"b64":"..."}`.
  ///   - now: what times to live are counted from.
  init(_ node: TreeNode, at path: Path, recursive: Bool, exact: Bool = false, now: Timestamp) {
    self.node = node
    self.path = path
    isRecursive = recursive
    isExact = exact
    self.now = now
  }

  /// Appends what follows to `bytes`, until these are `limit` or it is complete. The limit is
  /// exceeded by at most one entry.
  /// - Returns: whether it is complete.
  mutating func write(to bytes: inout [UInt8], upTo limit: Int) -> Bool {
    if !hasBegun { begin(&bytes) }
    while !stack.isEmpty {
      if bytes.count >= limit { return false }
      writeEntry(to: &bytes)
    }
    bytes.append("}\n")
    return true
  }

  private mutating func begin(_ bytes: inout [UInt8]) {
    hasBegun = true
    bytes.append("{\"action\":\"get\",\"node\":")
    switch node {
    case .file(let file):
      bytes.append(file, key: path.bytes.span, exact: isExact, at: now)
    case .directory(let directory):
      key = path.isRoot ? [] : path.bytes
      open(directory, &bytes)
    }
  }

  private mutating func open(_ directory: Directory, _ bytes: inout [UInt8]) {
    bytes.appendBeginning(of: directory.info, key: key.span, exact: isExact, at: now)
    stack.append(OpenDirectory(directory))
  }

  /// Writes the next entry of the directory on top of the stack, or its end.
  private mutating func writeEntry(to bytes: inout [UInt8]) {
    let top = stack.count - 1
    guard let entry = stack[top].nextVisible() else {
      let closed = stack.removeLast()
      if closed.hasShown { bytes.append("]") }
      bytes.appendIndexes(closed.directory.modifiedIndex, closed.directory.createdIndex)
      bytes.append("}")
      if let slash = key.lastIndex(of: UInt8(ascii: "/")) { key.removeSubrange(slash...) }
      return
    }
    bytes.append(stack[top].hasShown ? "," : ",\"nodes\":[")
    stack[top].hasShown = true
    key.append(UInt8(ascii: "/"))
    key.append(entry.name)
    switch entry.node {
    case .directory(let child) where isRecursive:
      return open(child, &bytes)
    case .directory(let child):
      bytes.append(
        child.info, key: key.span, exact: isExact, modifiedIndex: child.modifiedIndex, at: now)
    case .file(let file):
      bytes.append(file, key: key.span, exact: isExact, at: now)
    }
    key.removeLast(entry.name.count + 1)
  }
}

/// A directory whose listing has begun.
private struct OpenDirectory {
  let directory: Directory
  private var rest: Directory.Children
  /// Whether an entry was listed.
  var hasShown = false

  init(_ directory: Directory) {
    self.directory = directory
    rest = directory.children
  }

  mutating func nextVisible() -> DirectoryEntry? {
    while let entry = rest.next() {
      if entry.name.first != UInt8(ascii: "_") { return entry }
    }
    return nil
  }
}
