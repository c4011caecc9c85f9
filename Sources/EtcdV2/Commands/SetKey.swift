public import Store

/// etcd's `set`: a plain PUT, which writes a file or an empty directory whether or not a file was
/// there. A directory is never replaced.
///
/// A refresh keeps the value of the file, which must be there, and tells no watcher; the file gets
/// a new createdIndex, as with every `set`.
public struct SetKey: Command {
  public static let name: StaticString = "set"

  let path: Path
  let content: KeySpace.Content
  let isRefresh: Bool
  private(set) var lifetime: Lifetime

  init(
    _ path: Path, _ content: KeySpace.Content, lifetime: Lifetime = .forever,
    isRefresh: Bool = false
  ) {
    self.path = path
    self.content = content
    self.lifetime = lifetime
    self.isRefresh = isRefresh
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .rootIsReadOnly }
    var content = content
    if isRefresh {
      guard case .file(let file) = try space.node(at: path) else { throw .notAFile(path) }
      if case .file = content { content = .file(file.value) }
    }
    return [
      try space.put(
        content, at: path, expires: lifetime.expiration, as: .set, isSilent: isRefresh)
    ]
  }

  public mutating func stamp(by time: any TimeSource) { lifetime.stamp(by: time) }
  public var stampTime: Timestamp? { lifetime.stampTime }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    fields.write(content)
    lifetime.encode(to: &fields)
    if isRefresh { fields.write("refresh", true) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    content = try fields.content()
    lifetime = try Lifetime(from: fields)
    isRefresh = try fields.bool("refresh") ?? false
  }
}
