public import Store

/// etcd's `update`: gives an existing node another value and another time to live (PUT with
/// `prevExist=true`). A directory takes only the latter.
///
/// The createdIndex stays, and so does a directory's modifiedIndex, whatever the response shows.
public struct UpdateKey: Command {
  public static let name: StaticString = "update"

  let path: Path
  let value: [UInt8]
  /// Whether a file keeps its value, and watchers are not told.
  let isRefresh: Bool
  private(set) var lifetime: Lifetime

  init(_ path: Path, _ value: [UInt8], lifetime: Lifetime = .forever, isRefresh: Bool = false) {
    self.path = path
    self.value = value
    self.lifetime = lifetime
    self.isRefresh = isRefresh
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .rootIsReadOnly }
    var newValue = isRefresh ? nil : Optional(value)
    if case .directory = try space.node(at: path) {
      if !value.isEmpty { throw .notAFile(path) }
      newValue = nil
    }
    return [
      try space.update(
        path, value: newValue, expires: lifetime.expiration, as: .update, isSilent: isRefresh)
    ]
  }

  public mutating func stamp(by time: any TimeSource) { lifetime.stamp(by: time) }
  public var stampTime: Timestamp? { lifetime.stampTime }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    fields.write("value", value)
    lifetime.encode(to: &fields)
    if isRefresh { fields.write("refresh", true) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    guard let value = try fields.bytes("value") else { throw .missing("value") }
    self.value = value
    lifetime = try Lifetime(from: fields)
    isRefresh = try fields.bool("refresh") ?? false
  }
}
