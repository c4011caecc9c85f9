/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in the words of the error message.
  public enum Reason: String, Hashable, Sendable {
    case unexpectedEnd = "unexpected end"
    case unexpectedByte = "unexpected byte"
    case trailingBytes = "bytes after the value"
    case malformedNumber = "malformed number"
    case controlByte = "control byte in a string"
    case malformedEscape = "malformed escape"
    case loneSurrogate = "half of a surrogate pair"
    case malformedUTF8 = "malformed UTF-8"
    case tooDeep = "too many nested arrays and objects"
    case tooLong = "longer than 4 GiB"
  }

  public let reason: Reason
  /// The place in the text, in bytes from its start.
  public let offset: Int

  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
