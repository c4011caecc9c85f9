/// One thing that may be asked of the store: the unit of the log, of replication and of apply.
///
/// This is the seam on which later steps build: the store knows no list of commands, so a module
/// that brings a new one edits nothing here. A command is deterministic: it sees the tree and its
/// own fields, never a clock, a random number or the outside, so that every replica that applies
/// the same log holds the same tree.
public protocol Command: Sendable {
  /// The name under which the log knows it. It must never change.
  static var name: StaticString { get }

  /// Changes the tree and says what happened; no events when there was nothing to do.
  ///
  /// A command that throws must have changed nothing.
  func apply(to space: inout KeySpace) throws(StoreError) -> [Event]

  /// Turns what is relative to now (a time to live) into a moment of its own, before the command is
  /// written to the log. The part that decides the order of the log does this, once.
  mutating func stamp(by time: any TimeSource)

  /// When it was put in order, if it says so: one whose effect depends on that does.
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

/// Takes a command's fields down, in step 3 as JSON.
public protocol FieldWriter {
  mutating func write(_ name: StaticString, _ value: [UInt8])
  mutating func write(_ name: StaticString, _ value: Int64)
  mutating func write(_ name: StaticString, _ value: Bool)
}

/// Gives a command's fields back; nil for a field that was not written.
public protocol FieldReader {
  /// Whether the fields stand in a log: they were accepted once, perhaps before there were limits,
  /// and are taken as they are. Otherwise they come from outside, and keys are held to the limits.
  var areLogged: Bool { get }

  func bytes(_ name: StaticString) throws(FieldError) -> [UInt8]?
  func integer(_ name: StaticString) throws(FieldError) -> Int64?
  func bool(_ name: StaticString) throws(FieldError) -> Bool?
}

extension FieldReader {
  /// The path in a field that must be there.
  /// - Parameter room: how many bytes the name has that the command adds to it, if it adds one.
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

/// Why no command could be made of what the log holds.
public enum FieldError: Error, Hashable, Sendable {
  case missing(String)
  case malformed(String)
  /// A field should name a path.
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

/// The commands a program knows, for reading its log.
public struct CommandRegistry: Sendable {
  private let types: [any Command.Type]

  public init(_ types: [any Command.Type]) { self.types = types }

  /// The command called `name`, made from its fields.
  public func decode(
    _ name: some Collection<UInt8>, from fields: some FieldReader
  ) throws(FieldError) -> any Command {
    for type in types where name.elementsEqual(type.name.bytes) {
      return try type.init(from: fields)
    }
    throw .unknownCommand(String(decoding: name, as: UTF8.self))
  }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
