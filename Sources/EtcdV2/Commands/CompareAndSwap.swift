public import Store

/// etcd's `compareAndSwap`: gives a file another value if it still is what the client expects (PUT
/// with `prevValue` or `prevIndex`). The comparison is made when the command is applied, at its
/// place in the log, so of two clients that compare with the same state one wins.
public struct CompareAndSwap: Command {
  public static let name: StaticString = "compareAndSwap"

  let path: Path
  let comparison: Comparison
  let value: [UInt8]
  /// Whether the file keeps its value, and watchers are not told.
  let isRefresh: Bool
  private(set) var lifetime: Lifetime

  init(
    _ path: Path, if comparison: Comparison, _ value: [UInt8], lifetime: Lifetime = .forever,
    isRefresh: Bool = false
  ) {
    self.path = path
    self.comparison = comparison
    self.value = value
    self.lifetime = lifetime
    self.isRefresh = isRefresh
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .rootIsReadOnly }
    guard case .file(let file) = try space.node(at: path) else { throw .notAFile(path) }
    try comparison.check(file)
    return [
      try space.update(
        path, value: isRefresh ? nil : value, expires: lifetime.expiration, as: .compareAndSwap,
        isSilent: isRefresh)
    ]
  }

  public mutating func stamp(by time: any TimeSource) { lifetime.stamp(by: time) }
  public var stampTime: Timestamp? { lifetime.stampTime }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    comparison.encode(to: &fields)
    fields.write("value", value)
    lifetime.encode(to: &fields)
    if isRefresh { fields.write("refresh", true) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    comparison = try Comparison(from: fields)
    guard let value = try fields.bytes("value") else { throw .missing("value") }
    self.value = value
    lifetime = try Lifetime(from: fields)
    isRefresh = try fields.bool("refresh") ?? false
  }
}
