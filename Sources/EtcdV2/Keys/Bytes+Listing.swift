internal import JSON
internal import Store

extension [UInt8] {
  /// Appends the answer to a GET: the node at `path`, and, if it is a directory, what is in it, with
  /// `recursive` at every depth. Names that begin with `_` are left out, but for the path's own.
  ///
  /// It goes down by a stack of its own, so depth costs memory, never the thread's stack; names come in
  /// byte order, which is also what etcd means by `sorted`.
  mutating func append(_ node: Node, at path: Path, recursive: Bool, now: Timestamp) {
    append("{\"action\":\"get\",\"node\":")
    switch node {
    case .file(let file):
      append(file, key: path.bytes.span, at: now)
    case .directory(let directory):
      appendListing(of: directory, at: path, recursive: recursive, now: now)
    }
    append("}\n")
  }

  private mutating func appendListing(
    of directory: Directory, at path: Path, recursive: Bool, now: Timestamp
  ) {
    // The key of the directory on top of the stack, and of what is being listed in it.
    var key = path.isRoot ? [] : path.bytes
    var stack = [OpenDirectory(directory)]
    appendBeginning(of: directory.info, key: key.span, at: now)
    while !stack.isEmpty {
      let top = stack.count - 1
      guard let entry = stack[top].nextVisible() else {
        let closed = stack.removeLast()
        if closed.hasShown { append("]") }
        appendIndexes(closed.directory.modifiedIndex, closed.directory.createdIndex)
        append("}")
        if let slash = key.lastIndex(of: UInt8(ascii: "/")) { key.removeSubrange(slash...) }
        continue
      }
      append(stack[top].hasShown ? "," : ",\"nodes\":[")
      stack[top].hasShown = true
      key.append(UInt8(ascii: "/"))
      key.append(contentsOf: entry.name)
      switch entry.node {
      case .directory(let child) where recursive:
        appendBeginning(of: child.info, key: key.span, at: now)
        stack.append(OpenDirectory(child))
        continue
      case .directory(let child):
        append(child.info, key: key.span, modifiedIndex: child.modifiedIndex, at: now)
      case .file(let file):
        append(file, key: key.span, at: now)
      }
      key.removeLast(entry.name.count + 1)
    }
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
