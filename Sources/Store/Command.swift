/// One change that a client may ask for: the unit of the log, of replication and of apply.
///
/// This is the extension point for later steps: the store has no list of commands, so a module
/// that adds one changes nothing here. A command is deterministic: it sees the tree and its
/// own fields, never a clock, a random number or the outside, so that every replica that applies
/// the same log holds the same tree.
public protocol Command: Sendable {
  /// The name under which the log knows it. It must never change.
  static var name: StaticString { get }

  /// Changes the tree and returns what happened; no events if there was nothing to do.
  ///
  /// A command that throws must have changed nothing.
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event]

  /// Turns a duration (a time to live) into a moment, before the command is
  /// written to the log. The part that decides the order of the log does this, once.
  mutating func stamp(by time: any TimeSource)

  /// When it was ordered, if its effect depends on that.
  ///
  /// The newest of these is what a log knows of the time; see ``KeyValueStore/latestStamp``.
  var stampTime: Timestamp? { get }

  /// Writes every field, in a fixed order.
  func encode(to fields: inout some FieldWriter)

  /// Reads what ``encode(to:)`` wrote.
  init(from fields: some FieldReader) throws(FieldError)
}

extension Command {
  public mutating func stamp(by time: any TimeSource) {}

  public var stampTime: Timestamp? { nil }
}

/// Writes a command's fields, in step 3 as JSON.
public protocol FieldWriter {
  mutating func write(_ name: StaticString, _ value: [UInt8])
  mutating func write(_ name: StaticString, _ value: Int64)
  mutating func write(_ name: StaticString, _ value: Bool)
}

/// Reads a command's fields; nil for a field that was not written.
public protocol FieldReader {
  /// Whether the fields come from a log: they were accepted once, perhaps before there were limits,
  /// and are used as they are. Otherwise they come from outside, and keys must keep the limits.
  var areLogged: Bool { get }

  func bytes(_ name: StaticString) throws(FieldError) -> [UInt8]?
  func integer(_ name: StaticString) throws(FieldError) -> Int64?
  func bool(_ name: StaticString) throws(FieldError) -> Bool?
}

extension FieldReader {
  /// The path in a required field.
  /// - Parameter room: the length in bytes of a name that the command adds to it, if any.
  public func path(
    _ name: StaticString, withRoomForNameOf room: Int? = nil
  ) throws(FieldError) -> Path {
    guard let bytes = try bytes(name) else { throw .missing(name.description) }
    do throws(InvalidPath) {
      if areLogged { return try Path(logged: bytes[...]) }
      let path = try Path(bytes)
      if let room { try path.checkRoom(forNameOf: room) }
      return path
    } catch {
      throw .invalidPath(error)
    }
  }
}

/// Why a record of the log is not a command.
public enum FieldError: Error, Hashable, Sendable {
  case missing(String)
  case malformed(String)
  /// A field does not name a path.
  case invalidPath(InvalidPath)
  /// Written by a later step, which knows more commands.
  case unknownCommand(String)
}

extension FieldError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let name): "its field \(name.debugDescription) is missing"
    case .malformed(let name): "its field \(name.debugDescription) is malformed"
    case .invalidPath(let reason): "\(reason)"
    case .unknownCommand(let name): "unknown command \(name.debugDescription)"
    }
  }
}

/// The commands that a program can read from its log.
public struct CommandRegistry: Sendable {
  private let types: [any Command.Type]

  public init(_ types: [any Command.Type]) { self.types = types }

  /// The command `name` with these fields.
  public func decode(
    _ name: Span<UInt8>, from fields: some FieldReader
  ) throws(FieldError) -> any Command {
    for type in types where type.name.equals(name) {
      return try type.init(from: fields)
    }
    throw .unknownCommand(name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
  }
}

extension StaticString {
  fileprivate func equals(_ name: Span<UInt8>) -> Bool {
    guard name.count == utf8CodeUnitCount else { return false }
    for place in name.indices where name[place] != utf8Start[place] { return false }
    return true
  }
}
