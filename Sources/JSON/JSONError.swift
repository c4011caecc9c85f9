/// Why a text is no JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
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
  /// Counted in bytes from the first of the text.
  public let offset: Int

  public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
