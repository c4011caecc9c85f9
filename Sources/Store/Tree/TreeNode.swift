/// A file or a directory in the tree.
public enum TreeNode: Sendable {
  case file(File)
  case directory(Directory)

  public var info: KeyInfo {
    switch self {
    case .file(let file): file.info
    case .directory(let directory): directory.info
    }
  }

  var expiration: Timestamp? {
    switch self {
    case .file(let file): file.expiration
    case .directory(let directory): directory.expiration
    }
  }

  /// What it is together with what is in it.
  var tally: Tally {
    var tally = Tally(deadlines: expiration == nil ? 0 : 1)
    switch self {
    case .file: tally.files = 1
    case .directory(let directory): tally += directory.tally
    }
    return tally
  }
}

/// How many files there are in something, and how many nodes that expire.
struct Tally: Equatable {
  var files = 0
  var deadlines = 0

  static func += (sum: inout Tally, other: Tally) {
    sum.files += other.files
    sum.deadlines += other.deadlines
  }

  static func -= (sum: inout Tally, other: Tally) {
    sum.files -= other.files
    sum.deadlines -= other.deadlines
  }
}

/// A value, and when it was created and changed. A write puts another file in its place, so what a
/// reader was given never changes, and it may use it without a lock for as long as it likes.
///
/// No object of its own: it lies in the page of its directory, and only its bytes lie elsewhere,
/// which readers and events share with the tree.
public struct File: Sendable {
  public let value: [UInt8]
  public let createdIndex: StoreIndex
  public let modifiedIndex: StoreIndex
  public let expiration: Timestamp?

  init(
    value: [UInt8], createdIndex: StoreIndex, modifiedIndex: StoreIndex, expiration: Timestamp?
  ) {
    self.value = value
    self.createdIndex = createdIndex
    self.modifiedIndex = modifiedIndex
    self.expiration = expiration
  }

  public var info: KeyInfo {
    KeyInfo(
      value: value, createdIndex: createdIndex, modifiedIndex: modifiedIndex,
      expiration: expiration)
  }
}

/// A name and its node.
public struct DirectoryEntry: Sendable {
  public let name: Name
  public internal(set) var node: TreeNode
}

extension DirectoryEntry: SortedElement {
  static func isOrdered(_ entry: DirectoryEntry, comparedTo name: Name.Sought) -> Ordering {
    entry.name.isOrdered(comparedTo: name)
  }
}

/// Names in order, each with its node.
///
/// Invariant: a directory whose `epoch` is the tree's current one is reachable only from the tree,
/// which may change it in place, under the store's lock. A reader may hold a directory of an
/// earlier epoch; that never changes again, and a write copies it first. Every directory the store
/// returns is of an earlier epoch, which makes the class Sendable.
public final class Directory: @unchecked Sendable {
  var entries = SortedTree<DirectoryEntry>()
  /// Of all that is in it, at any depth: so that nothing has to be counted when it is removed.
  var tally = Tally()
  let epoch: Epoch
  public let createdIndex: StoreIndex
  public let modifiedIndex: StoreIndex
  public let expiration: Timestamp?

  init(
    createdIndex: StoreIndex, modifiedIndex: StoreIndex, expiration: Timestamp?, epoch: Epoch
  ) {
    self.createdIndex = createdIndex
    self.modifiedIndex = modifiedIndex
    self.expiration = expiration
    self.epoch = epoch
  }

  /// A copy of this directory that may be changed in `epoch`; the entries are shared until they are
  /// written to.
  func copy(epoch: Epoch, expiration: Timestamp?) -> Directory {
    let copy = Directory(
      createdIndex: createdIndex, modifiedIndex: modifiedIndex, expiration: expiration,
      epoch: epoch)
    copy.entries = entries
    copy.tally = tally
    return copy
  }

  public var info: KeyInfo {
    KeyInfo(
      value: nil, createdIndex: createdIndex, modifiedIndex: modifiedIndex, expiration: expiration)
  }

  /// The number of files and directories directly in this one.
  public var count: Int { entries.count }

  /// The node called `name`, in O(log count).
  public func node(named name: ArraySlice<UInt8>) -> TreeNode? {
    entries.find(Name.Sought(name))?.node
  }

  /// The node at `path`, if this directory is at `base`; nil if there is none.
  func node(beneath base: Path, at path: Path) -> TreeNode? {
    var node = TreeNode.directory(self)
    for name in path.segments(beneath: base) {
      guard case .directory(let directory) = node, let next = directory.node(named: name) else {
        return nil
      }
      node = next
    }
    return node
  }

  // A chain of ten thousand directories, each released by the one above, would overflow the stack.
  // So a directory empties the ones that only it holds before it releases them, page by page.
  deinit {
    var pages = entries.takePages()
    while var page = pages.popLast() {
      guard isKnownUniquelyReferenced(&page) else { continue }
      pages.append(contentsOf: page.takeChildren())
      while let node = page.takeLast()?.node {
        guard case .directory(var directory) = consume node else { continue }
        if isKnownUniquelyReferenced(&directory) {
          pages.append(contentsOf: directory.entries.takePages())
        }
      }
    }
  }
}
