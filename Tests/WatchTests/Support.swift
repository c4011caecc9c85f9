import Store

func path(_ text: String) throws -> Path { try Path(Array(text.utf8)) }

/// Removes a file, or a directory with everything in it.
struct Remove: Command {
  static let name: StaticString = "remove"
  let path: Path
  var action = Action.delete
  init(_ path: Path, as action: Action = .delete) {
    self.path = path
    self.action = action
  }
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    [try space.remove(path, as: action)]
  }
  func encode(to fields: inout some FieldWriter) {}
  init(from fields: some FieldReader) throws(FieldError) { throw .unknownCommand("remove") }
}

/// Gives a file another value without telling watchers, as etcd's refresh does.
struct Refresh: Command {
  static let name: StaticString = "refresh"
  let path: Path
  init(_ path: Path) { self.path = path }
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
    [try space.update(path, value: nil, expires: nil, as: .update, isSilent: true)]
  }
  func encode(to fields: inout some FieldWriter) {}
  init(from fields: some FieldReader) throws(FieldError) { throw .unknownCommand("refresh") }
}

extension KeyValueStore {
  @discardableResult
  func put(_ key: String, _ value: String = "") throws -> Event {
    try applyNext(Put(path(key), Array(value.utf8))).result.get()[0]
  }
  @discardableResult
  func remove(_ key: String) throws -> Event {
    try applyNext(Remove(path(key))).result.get()[0]
  }
}
