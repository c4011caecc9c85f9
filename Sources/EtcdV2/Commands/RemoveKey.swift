public import Store

/// etcd's `delete`: removes a file, an empty directory if that is allowed, or any node with its
/// content. Unlike the course's ``Store/Delete``, it fails if the node is missing.
public struct RemoveKey: Command {
  public static let name: StaticString = "remove"

  let path: Path
  /// Whether it may be an empty directory.
  let allowsDirectory: Bool
  /// Whether it may be a directory with content.
  let isRecursive: Bool

  init(_ path: Path, allowsDirectory: Bool = false, isRecursive: Bool = false) {
    self.path = path
    self.allowsDirectory = allowsDirectory
    self.isRecursive = isRecursive
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .rootIsReadOnly }
    if case .directory(let directory) = try space.node(at: path), !isRecursive {
      if !allowsDirectory { throw .notAFile(path) }
      if directory.count > 0 { throw .directoryNotEmpty(path) }
    }
    return [try space.remove(path, as: .delete)]
  }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    if allowsDirectory { fields.write("dir", true) }
    if isRecursive { fields.write("recursive", true) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    allowsDirectory = try fields.bool("dir") ?? false
    isRecursive = try fields.bool("recursive") ?? false
  }
}
