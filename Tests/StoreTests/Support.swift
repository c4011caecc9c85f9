import Store

func path(_ text: String) throws -> Path { try Path(Array(text.utf8)) }

extension KeyValueStore {
  @discardableResult
  func put(_ key: String, _ value: String, expires: Timestamp? = nil) throws -> Outcome {
    var command = Put(try path(key), Array(value.utf8), timeToLive: expires == nil ? nil : 0)
    if let expires { command.stamp(by: FixedTime(now: expires)) }
    return applyNext(command)
  }

  @discardableResult
  func delete(_ key: String) throws -> Outcome { applyNext(Delete(try path(key))) }

  /// The value as text; nil when there is no such file.
  func value(_ key: String) throws -> String? {
    guard case .file(let file)? = try? get(try path(key)).node else { return nil }
    return String(decoding: file.value, as: UTF8.self)
  }

  func names(_ key: String) throws -> [String] {
    guard case .directory(let directory) = try get(try path(key)).node else { return [] }
    return directory.children.map { String(decoding: $0.name.bytes, as: UTF8.self) }
  }
}

struct FixedTime: TimeSource {
  let now: Timestamp
}

/// A command made of a closure, for trying the tree's primitives as a later module would.
struct AdHoc: Command {
  static let name: StaticString = "adhoc"
  let body: @Sendable (inout KeySpace) throws(StoreError) -> [Event]

  init(_ body: @escaping @Sendable (inout KeySpace) throws(StoreError) -> [Event]) {
    self.body = body
  }
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] { try body(&space) }
  func encode(to fields: inout some FieldWriter) {}
  init(from fields: some FieldReader) throws(FieldError) { throw .unknownCommand("adhoc") }
}

/// Keeps what it is told.
final class Recorder: StoreObserver, @unchecked Sendable {
  private(set) var events: [Event] = []
  private(set) var deliveries = 0
  private(set) var starts: [StoreIndex] = []
  func record(_ event: Event) { events.append(event) }
  func deliver() { deliveries += 1 }
  func recordStart(at index: StoreIndex) { starts.append(index) }
}

extension Name {
  init(_ text: String) { self.init(Array(text.utf8).span) }
}
