/// The tree of directories and files, as commands see it.
///
/// Its primitives are few and know nothing of a client's conditions: a command looks first
/// (``find(_:)``, ``node(at:)``), decides, and then writes. Every write is one event and takes the
/// next index.
///
///     put     a new node, in place of a file if one stood there; parents are made on the way
///     update  the same node with another value or another expiration
///     remove  a file, or a directory with all it holds
///
/// Only the store keeps a key space, and there is never a copy of one: see ``Directory``. It is
/// Sendable because it cannot be copied: only its owner can change it.
public struct KeySpace: ~Copyable, @unchecked Sendable {
  private(set) var root = KeySpace.emptyRoot(epoch: 0)
  private(set) var epoch: Epoch = 0
  private var deadlines = Deadlines()

  /// The index of the last event.
  public private(set) var index = StoreIndex.zero
  /// How many files there are.
  public var fileCount: Int { root.tally.files }
  /// The newest stamp of a command in the log, whether or not the command succeeded.
  public private(set) var latestStamp: Timestamp?

  public init() {}

  private static func emptyRoot(epoch: Epoch) -> Directory {
    Directory(createdIndex: .zero, modifiedIndex: .zero, expiration: nil, epoch: epoch)
  }

  /// What may be written under a name.
  public enum Content: Sendable {
    case file([UInt8])
    case directory
  }

  // MARK: Looking

  /// The node at `path`, or nil if there is none.
  /// - Throws: `notADirectory` if a file is in the way, so that nothing could be written there.
  public func find(_ path: Path) throws(StoreError) -> TreeNode? {
    var directory = root
    var node: TreeNode? = .directory(root)
    var names = path.segments
    while let name = names.next() {
      node = directory.node(named: name)
      switch node {
      case .directory(let next): directory = next
      case .file where name.endIndex < path.bytes.endIndex:
        throw .notADirectory(path.prefix(through: name.endIndex))
      case .file: break
      case nil: return nil
      }
    }
    return node
  }

  /// The node at `path`.
  /// - Throws: `keyNotFound` with the first part of the path that is missing, or `notADirectory`.
  public func node(at path: Path) throws(StoreError) -> TreeNode {
    if let node = try find(path) { return node }
    throw .keyNotFound(firstMissingPart(of: path))
  }

  private func firstMissingPart(of path: Path) -> Path {
    var directory = root
    for name in path.segments {
      guard case .directory(let next) = directory.node(named: name) else {
        return path.prefix(through: name.endIndex)
      }
      directory = next
    }
    return path
  }

  // MARK: Writing

  /// Puts a new file or an empty directory at `path`, and makes the directories it needs.
  ///
  /// - Throws: `rootIsReadOnly`; `notADirectory` if a file is in the way; `notAFile` if a directory
  ///   is there, which is never replaced.
  public mutating func put(
    _ content: Content, at path: Path, expires expiration: Timestamp?, as action: Action,
    isSilent: Bool = false
  ) throws(StoreError) -> Event {
    let next = index.next
    let parent = try writableParent(of: path, makingAt: next)
    let node = makeNode(content, createdIndex: next, modifiedIndex: next, expiration: expiration)
    let name = Name.Sought(path.name)
    let old = try parent.entries.put(name, epoch: epoch) { old throws(StoreError) in
      if case .directory = old?.node { throw .notAFile(path) }
      return DirectoryEntry(name: old?.name ?? Name(name), node: node)
    }
    index = next
    noteChange(at: path, from: old?.node, to: node)
    return Event(
      index: index, action: action, path: path, node: node.info, previous: old?.node.info,
      isSilent: isSilent)
  }

  /// Gives the file at `path` another value or, with nil, only gives the file or directory another
  /// expiration. Its createdIndex stays, and so does a directory's modifiedIndex, as in etcd.
  /// - Throws: as ``node(at:)``; `rootIsReadOnly`; `notAFile` when a value is given to a directory.
  public mutating func update(
    _ path: Path, value: [UInt8]?, expires expiration: Timestamp?, as action: Action,
    isSilent: Bool = false
  ) throws(StoreError) -> Event {
    let old = try node(at: path)
    if case .directory = old, value != nil { throw .notAFile(path) }
    let parent = try writableParent(of: path, makingAt: nil)
    index = index.next
    let node: TreeNode
    switch old {
    case .file(let file):
      node = .file(
        File(
          value: value ?? file.value, createdIndex: file.createdIndex, modifiedIndex: index,
          expiration: expiration))
    case .directory(let directory):
      node = .directory(directory.copy(epoch: epoch, expiration: expiration))
    }
    let name = Name.Sought(path.name)
    parent.entries.put(name, epoch: epoch) { old in
      DirectoryEntry(name: old?.name ?? Name(name), node: node)
    }
    noteChange(at: path, from: old, to: node)
    return Event(
      index: index, action: action, path: path, node: node.info, previous: old.info,
      isSilent: isSilent)
  }

  /// Removes the node at `path`, a directory with everything in it.
  /// - Throws: as ``node(at:)``; `rootIsReadOnly`.
  public mutating func remove(_ path: Path, as action: Action) throws(StoreError) -> Event {
    let old = try node(at: path)
    let parent = try writableParent(of: path, makingAt: nil)
    index = index.next
    parent.entries.remove(Name.Sought(path.name), epoch: epoch)
    noteChange(at: path, from: old, to: nil)
    var event = Event(
      index: index, action: action, path: path, node: nil, previous: old.info, isSilent: false)
    if case .directory(let directory) = old {
      deadlines.forget(directory, at: path)
      event.removedDirectory = directory
    }
    return event
  }

  /// The directory `path` is in, ready to be changed; made with those above it if `making` says at
  /// which index. Nothing is made when a file is in the way: the first missing directory lies below
  /// every file that could be.
  private mutating func writableParent(
    of path: Path, makingAt making: StoreIndex?
  ) throws(StoreError) -> Directory {
    if path.isRoot { throw .rootIsReadOnly }
    if root.epoch != epoch { root = root.copy(epoch: epoch, expiration: nil) }
    var directory = root
    var names = path.segments
    while let name = names.next(), name.endIndex < path.bytes.endIndex {
      switch directory.node(named: name) {
      case .file: throw .notADirectory(path.prefix(through: name.endIndex))
      case .directory(let child) where child.epoch == epoch: directory = child
      case .directory(let child):
        directory = enter(
          child.copy(epoch: epoch, expiration: child.expiration), as: name, in: directory)
      case nil:
        guard let making else { throw .keyNotFound(path.prefix(through: name.endIndex)) }
        directory = enter(
          Directory(
            createdIndex: making, modifiedIndex: making, expiration: nil, epoch: epoch),
          as: name, in: directory)
      }
    }
    return directory
  }

  private func enter(
    _ child: Directory, as name: ArraySlice<UInt8>, in parent: Directory
  ) -> Directory {
    let name = Name.Sought(name)
    parent.entries.put(name, epoch: epoch) { old in
      DirectoryEntry(name: old?.name ?? Name(name), node: .directory(child))
    }
    return child
  }

  func makeNode(
    _ content: Content, createdIndex: StoreIndex, modifiedIndex: StoreIndex,
    expiration: Timestamp?
  ) -> TreeNode {
    switch content {
    case .file(let value):
      .file(
        File(
          value: value, createdIndex: createdIndex, modifiedIndex: modifiedIndex,
          expiration: expiration))
    case .directory:
      .directory(
        Directory(
          createdIndex: createdIndex, modifiedIndex: modifiedIndex, expiration: expiration,
          epoch: epoch))
    }
  }

  // MARK: What is in a directory, and what expires

  /// Has the directories above a node, which are writable, count what has come or gone.
  private mutating func noteChange(at path: Path, from old: TreeNode?, to new: TreeNode?) {
    deadlines.note(at: path, from: old, to: new)
    var change = new?.tally ?? Tally()
    if let old { change -= old.tally }
    if change == Tally() { return }
    var directory = root
    directory.tally += change
    var names = path.segments
    while let name = names.next(), name.endIndex < path.bytes.endIndex,
      case .directory(let next) = directory.node(named: name)
    {
      next.tally += change
      directory = next
    }
  }

  /// When the next node expires.
  public var nextExpiration: Timestamp? { deadlines.next }

  /// The node that expires next, if it is due: the earliest first, then by path.
  public func nextDue(at now: Timestamp) -> Path? { deadlines.nextDue(at: now) }

  // MARK: Showing

  /// The node at `path`, for readers: it never changes again. Costs only the look-up.
  mutating func freeze(_ path: Path) -> Result<TreeNode, StoreError> {
    do throws(StoreError) {
      let node = try node(at: path)
      if case .directory = node { epoch += 1 }
      return .success(node)
    } catch {
      return .failure(error)
    }
  }

  /// The root, for readers.
  mutating func freezeRoot() -> Directory {
    epoch += 1
    return root
  }

  /// Knows when a node expires that a loader has put at `path`.
  mutating func noteLoaded(_ node: TreeNode, at path: @autoclosure () -> Path) {
    deadlines.note(at: path(), from: nil, to: node)
  }

  /// Ends loading, with the snapshot's index and its newest stamp.
  mutating func finishLoading(at index: StoreIndex, _ stamp: Timestamp?) {
    self.index = index
    note(stamp)
  }

  // MARK: Time

  /// Remembers the time at which a command was ordered.
  mutating func note(_ stamp: Timestamp?) {
    guard let stamp, stamp < .limit else { return }
    if let latestStamp, latestStamp >= stamp { return }
    latestStamp = stamp
  }
}
