public import Store

/// etcd's `compareAndDelete`: removes a file if it still is what the client expects (DELETE with
/// `prevValue` or `prevIndex`). A directory cannot be compared, and neither can the root.
public struct CompareAndDelete: Command {
  public static let name: StaticString = "compareAndDelete"

  let path: Path
  let comparison: Comparison

  init(_ path: Path, if comparison: Comparison) {
    self.path = path
    self.comparison = comparison
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    guard case .file(let file) = try space.node(at: path) else { throw .notAFile(path) }
    try comparison.check(file)
    return [try space.remove(path, as: .compareAndDelete)]
  }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    comparison.encode(to: &fields)
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    comparison = try Comparison(from: fields)
  }
}
