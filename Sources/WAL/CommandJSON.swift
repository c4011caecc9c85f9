import Bytes
public import JSON
public import Store

/// Commands as the log holds them: `{"do":"put","key":"/cloud","value":"native"}`.
///
/// `do` is the command's name; the other members are its fields. Bytes that are not UTF-8 are
/// `{"b64":"..."}`.
extension Command {
  /// Appends the command as JSON.
  public func encode(into bytes: inout [UInt8]) {
    var writer = JSONFieldWriter()
    // The buffer moves into the writer and back, so that nothing is copied.
    swap(&writer.bytes, &bytes)
    writer.bytes.append(#"{"do":""#)
    writer.bytes.append(Self.name)
    writer.bytes.append("\"")
    encode(to: &writer)
    writer.bytes.append("}")
    swap(&writer.bytes, &bytes)
  }
}

extension CommandRegistry {
  /// Makes a command of its JSON.
  /// - Parameter isLogged: whether it comes from a log; see ``Store/FieldReader/areLogged``.
  /// - Throws: ``Store/FieldError``; `malformed` too if it is no JSON.
  public func decode(_ value: JSONValue, isLogged: Bool) throws(FieldError) -> any Command {
    guard let name = value["do"]?.bytes else { throw .missing("do") }
    return try decode(name.span, from: JSONFieldReader(value: value, areLogged: isLogged))
  }
}

/// Makes commands of the log's entries.
struct CommandReader {
  private let registry: CommandRegistry
  private var document = JSONDocument()

  init(_ registry: CommandRegistry) { self.registry = registry }

  /// The command in an entry that was read from a log. A step that does not know it must not go on:
  /// the entry is whole, so a program that knows it wrote it.
  mutating func command(in entry: EntryRecord) throws(JournalError) -> any Command {
    let place = "log index \(entry.index)"
    guard entry.kind == .command else {
      throw .writtenByLaterStep("\(place): a record of type \(entry.kind.recordType)")
    }
    if let command = registry.plainCommand(in: entry.payload) { return command }
    do {
      try document.parse(entry.payload[...])
      return try registry.decode(document.root, isLogged: true)
    } catch {
      throw .writtenByLaterStep("\(place): \(error)")
    }
  }
}

/// Writes a command's fields as members of an object that is begun.
private struct JSONFieldWriter: FieldWriter {
  var bytes: [UInt8] = []

  mutating func write(_ name: StaticString, _ value: [UInt8]) {
    begin(name)
    bytes.append(jsonBytes: value)
  }

  mutating func write(_ name: StaticString, _ value: Int64) {
    begin(name)
    bytes.append(decimal: value)
  }

  mutating func write(_ name: StaticString, _ value: Bool) {
    begin(name)
    bytes.append(value ? "true" : "false")
  }

  private mutating func begin(_ name: StaticString) {
    bytes.append(",\"")
    bytes.append(name)
    bytes.append("\":")
  }
}

private struct JSONFieldReader: FieldReader {
  let value: JSONValue
  let areLogged: Bool

  func bytes(_ name: StaticString) throws(FieldError) -> [UInt8]? {
    try read(name, \.blob)
  }

  func integer(_ name: StaticString) throws(FieldError) -> Int64? {
    try read(name, \.int64)
  }

  func bool(_ name: StaticString) throws(FieldError) -> Bool? {
    try read(name, \.bool)
  }

  private func read<Field>(
    _ name: StaticString, _ field: (JSONValue) -> Field?
  ) throws(FieldError) -> Field? {
    guard let member = value[name] else { return nil }
    guard let field = field(member) else { throw .malformed(name.description) }
    return field
  }
}
