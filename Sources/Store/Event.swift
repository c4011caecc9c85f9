/// What a command did, in the terms etcd's v2 API uses for it.
public enum Action: String, Hashable, Sendable, CaseIterable {
  case set, create, update, compareAndSwap, delete, compareAndDelete, expire
}

/// A file or a directory without a directory's content.
public struct KeyInfo: Hashable, Sendable {
  /// The file's value; nil for a directory.
  public let value: [UInt8]?
  /// The event that created it; a `set` creates it anew, an `update` does not.
  public let createdIndex: StoreIndex
  /// The event that last changed its value. A directory keeps the event that created it, as in
  /// etcd.
  public let modifiedIndex: StoreIndex
  /// When it expires; nil for never.
  public let expiration: Timestamp?

  public init(
    value: [UInt8]?, createdIndex: StoreIndex, modifiedIndex: StoreIndex, expiration: Timestamp?
  ) {
    self.value = value
    self.createdIndex = createdIndex
    self.modifiedIndex = modifiedIndex
    self.expiration = expiration
  }

  public var isDirectory: Bool { value == nil }
}

/// One change of the tree. The events of a store are numbered without gaps.
public struct Event: Sendable {
  /// This event's number.
  public let index: StoreIndex
  public let action: Action
  public let path: Path
  /// The node at the path after the event; nil if it was removed.
  public let node: KeyInfo?
  /// The node there before the event; nil if there was none.
  public let previous: KeyInfo?
  /// The directory that was removed, with its content. It is out of the tree and never changes
  /// again; code that keeps the event for long sets this to nil, or the memory stays in use.
  public var removedDirectory: Directory?
  /// Whether watchers must not hear of it: a TTL was refreshed.
  public let isSilent: Bool

  package init(
    index: StoreIndex, action: Action, path: Path, node: KeyInfo?, previous: KeyInfo?,
    isSilent: Bool
  ) {
    self.index = index
    self.action = action
    self.path = path
    self.node = node
    self.previous = previous
    self.isSilent = isSilent
  }

  /// Whether this event removed the node at `path`: its own path, or one beneath it.
  ///
  /// Costs one look-up, however much was removed.
  public func removes(_ path: Path) -> Bool {
    guard node == nil, path.isWithin(self.path) else { return false }
    if path == self.path { return true }
    return removedDirectory?.node(beneath: self.path, at: path) != nil
  }
}

/// Why a command was refused. Nothing was changed.
///
/// The cases are the store's errors of etcd's v2 API; the numbers are its `errorCode`s.
public enum StoreError: Error, Hashable, Sendable {
  /// 100: there is no such key; the first part of the path that is missing.
  case keyNotFound(Path)
  /// 101: the condition does not hold; the part that fails, as `[wanted != found]`.
  case compareFailed([UInt8])
  /// 102: there is a directory where a file is needed.
  case notAFile(Path)
  /// 104: there is this file where a directory is needed.
  case notADirectory(Path)
  /// 105: the key already exists, but must not.
  case keyExists(Path)
  /// 107: the root can be neither written nor removed.
  case rootIsReadOnly
  /// 108: the directory is not empty.
  case directoryNotEmpty(Path)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .keyNotFound(let path): "key not found: \(path)"
    case .compareFailed(let cause): "compare failed: \(String(decoding: cause, as: UTF8.self))"
    case .notAFile(let path): "\(path) is a directory"
    case .notADirectory(let path): "\(path) is not a directory"
    case .keyExists(let path): "key already exists: \(path)"
    case .rootIsReadOnly: "the root is read-only"
    case .directoryNotEmpty(let path): "directory not empty: \(path)"
    }
  }
}
