/// Writes a value under a key, whether or not there was one: the course's `/put`.
public struct Put: Command {
  public static let name: StaticString = "put"

  public let path: Path
  public let value: [UInt8]
  /// Seconds to live from the time the command is ordered; nil once it is stamped, or for ever.
  public private(set) var timeToLive: Int64?
  /// When the key expires; nil for never.
  public private(set) var expiration: Timestamp?
  public private(set) var stampTime: Timestamp?

  public init(_ path: Path, _ value: [UInt8], timeToLive: Int64? = nil) {
    self.path = path
    self.value = value
    self.timeToLive = timeToLive
  }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    if path.isRoot { throw .notAFile(path) }
    return [try space.put(.file(value), at: path, expires: expiration, as: .set)]
  }

  public mutating func stamp(by time: any TimeSource) {
    guard let seconds = timeToLive else { return }
    let now = time.now
    expiration = now.adding(seconds: seconds)
    stampTime = now
    timeToLive = nil
  }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
    fields.write("value", value)
    if let timeToLive { fields.write("ttl", timeToLive) }
    if let expiration { fields.write("expires", expiration.microseconds) }
    if let stampTime { fields.write("at", stampTime.microseconds) }
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
    guard let value = try fields.bytes("value") else { throw .missing("value") }
    self.value = value
    timeToLive = try fields.integer("ttl")
    expiration = try fields.integer("expires").map(Timestamp.init(microseconds:))
    stampTime = try fields.integer("at").map(Timestamp.init(microseconds:))
  }
}

/// Removes a file; a missing file is not an error: the course's `/delete`.
public struct Delete: Command {
  public static let name: StaticString = "delete"

  public let path: Path

  public init(_ path: Path) { self.path = path }

  public func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    switch try? space.find(path) {
    case nil: return []
    case .directory: throw .notAFile(path)
    case .file: return [try space.remove(path, as: .delete)]
    }
  }

  public func encode(to fields: inout some FieldWriter) {
    fields.write("key", path.bytes)
  }

  public init(from fields: some FieldReader) throws(FieldError) {
    path = try fields.path("key")
  }
}
