internal import Store

// What a command puts under a name, as written in the log: `"value":V`, or `"dir":true`.

extension FieldWriter {
  mutating func write(_ content: KeySpace.Content) {
    switch content {
    case .file(let value): write("value", value)
    case .directory: write("dir", true)
    }
  }
}

extension FieldReader {
  func content() throws(FieldError) -> KeySpace.Content {
    if try bool("dir") == true { return .directory }
    guard let value = try bytes("value") else { throw .missing("value") }
    return .file(value)
  }
}
