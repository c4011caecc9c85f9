/// How grave a line of a server's log is.
public enum LogLevel: String, CaseIterable, Comparable, Sendable {
  /// Detail for those who look into a problem.
  case debug
  /// A change that belongs to a server's normal life.
  case info
  /// The server goes on, but its operator should look into it before it no longer can.
  case warn
  /// Something has failed: a request, or the server.
  case error

  public static func < (one: LogLevel, other: LogLevel) -> Bool { one.rank < other.rank }

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warn: 2
    case .error: 3
    }
  }
}

/// An event that a server reports to its operator, as one line of `key=value`:
///
///     warn event=disk_full node=node1 reason="cannot write: No space left on device"
///
/// The stream that it goes to puts the time in front.
///
/// A value that is a word of visible ASCII, or empty, is written as it is. Any other is quoted with
/// the escapes of a JSON string for what is invisible: so an event is one line, and no client can
/// write a field of its own into it or move a terminal's cursor. Readers of logfmt understand that.
public struct LogLine: Sendable {
  /// Keys and values, in the order in which the line has them.
  public typealias Fields = KeyValuePairs<StaticString, any CustomStringConvertible>

  /// The bytes that a value takes at the most, by and large; a longer one ends in `…`.
  static let longestValue = 1_000

  public let level: LogLevel
  /// A name of lower-case words joined by underscores.
  public let event: String
  private var fields: String

  public init(_ level: LogLevel, _ event: StaticString, _ fields: Fields) {
    self.level = level
    self.event = "\(event)"
    self.fields = ""
    for (key, value) in fields { Self.append(key, value, to: &self.fields) }
  }

  /// A line of level ``LogLevel/debug``.
  public static func debug(_ event: StaticString, _ fields: Fields = [:]) -> LogLine {
    LogLine(.debug, event, fields)
  }

  /// A line of level ``LogLevel/info``.
  public static func info(_ event: StaticString, _ fields: Fields = [:]) -> LogLine {
    LogLine(.info, event, fields)
  }

  /// A line of level ``LogLevel/warn``.
  public static func warn(_ event: StaticString, _ fields: Fields = [:]) -> LogLine {
    LogLine(.warn, event, fields)
  }

  /// A line of level ``LogLevel/error``.
  public static func error(_ event: StaticString, _ fields: Fields = [:]) -> LogLine {
    LogLine(.error, event, fields)
  }

  /// The line with one more field, before all others.
  public func with(_ key: StaticString, _ value: any CustomStringConvertible) -> LogLine {
    var line = self
    line.fields = ""
    Self.append(key, value, to: &line.fields)
    line.fields += fields
    return line
  }

  private static func append(
    _ key: StaticString, _ value: any CustomStringConvertible, to text: inout String
  ) {
    text += " \(key)="
    let value = value.description
    if value.isWord { text += value } else { text.append(quoted: value) }
  }
}

extension LogLine: CustomStringConvertible {
  /// The line without its time.
  public var description: String { "\(level.rawValue) event=\(event)\(fields)" }
}

extension String {
  /// Whether it can stand in a line without quotation marks.
  fileprivate var isWord: Bool {
    (0...LogLine.longestValue).contains(utf8.count)
      && utf8.allSatisfy { byte in
        (0x21...0x7e).contains(byte) && !"\"=\\".utf8.contains(byte)
      }
  }

  fileprivate mutating func append(quoted value: String) {
    let end = utf8.count + LogLine.longestValue
    append("\"")
    for scalar in value.unicodeScalars {
      guard utf8.count < end else {
        append("…")
        break
      }
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      default:
        if scalar.isVisible {
          unicodeScalars.append(scalar)
        } else {
          for unit in scalar.utf16 { append(escaped: unit) }
        }
      }
    }
    append("\"")
  }

  private mutating func append(escaped unit: UInt16) {
    let digits = String(unit, radix: 16)
    append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}

extension Unicode.Scalar {
  /// Whether it neither ends a line nor changes how the text around it is shown.
  fileprivate var isVisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
