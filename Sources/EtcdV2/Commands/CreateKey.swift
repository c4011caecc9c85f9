public import Store

/// etcd's `create`: writes a file or an empty directory where there is none yet (PUT with
/// `prevExist=false`), or, in order, under a generated name in a directory (POST).
///
/// A name in order is the index of the event that makes it, in twenty digits, so that names sort by
/// age and are never given twice.
public struct CreateKey: Command {
  public static let name: StaticString = "create"

  let path: Path
  let content: KeySpace.Content
  /// Whether ``path`` is the directory in which to generate a name.
  let isInOrder: Bool
  private(set) var lifetime: Lifetime

  init(
    _ path: Path, _ content: KeySpace.Content, lifetime: Lifetime = .forever,
    isInOrder: Bool = false
  ) {
    self.path = path
    self.content = content
    self.lifetime = lifetime
    self.isInOrder = isInOrder
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    let path = isInOrder ? path.appending(Self.digits(of: space.index.next)) : path
    if path.isRoot { throw .rootIsReadOnly }
    if try space.find(path) != nil { throw .keyExists(path) }
    return [try space.put(content, at: path, expires: lifetime.expiration, as: .create)]
  }

  private static func digits(of index: StoreIndex) -> [UInt8] {
    let digits = Array(index.description.utf8)
    return Array(repeating: UInt8(ascii: "0"), count: nameBytes - digits.count) + digits
  }

  /// The length of a generated name in bytes: the digits of the largest index.
  static let nameBytes = 20

  public mutating func stamp(by time: any TimeSource) { lifetime.stamp(by: time) }
  public var stampTime: Timestamp? { lifetime.stampTime }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    fields.write(content)
    lifetime.encode(to: &fields)
    if isInOrder { fields.write("inOrder", true) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    isInOrder = try fields.bool("inOrder") ?? false
    path = try fields.path("key", withRoomForNameOf: isInOrder ? Self.nameBytes : nil)
    content = try fields.content()
    lifetime = try Lifetime(from: fields)
  }
}
