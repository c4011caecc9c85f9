/// Why a message was refused.
///
/// After any of these it is unknown where the next message begins: the server answers
/// ``status``, says ``reason``, and closes the connection. Section numbers are RFC 9112's unless
/// said otherwise.
public enum WireError: Error, Hashable, Sendable {
  /// Not `method SP target SP version`, or a method that is no token (section 3).
  case malformedRequestLine
  /// A target that is neither `/path`, `http://host/path` nor `*` (section 3.2).
  case malformedTarget
  /// CONNECT, which only proxies do (RFC 9110, section 9.3.6).
  case connectNotSupported
  /// Not `HTTP/` digit `.` digit (section 2.3).
  case malformedVersion
  /// HTTP, but neither 1.0 nor 1.1 (RFC 9110, section 15.6.6).
  case unsupportedVersion
  /// Not `version SP three digits SP reason` (section 4).
  case malformedStatusLine
  /// NUL or another control byte in a line, a CR without its LF or an LF without its CR (2.2).
  case controlByte
  /// More empty lines before a request than ``Limits/emptyLines``.
  case tooManyEmptyLines
  /// A header line without a colon, or whose name is no token; also space before the colon (5.1).
  case malformedHeaderName
  /// A header line continued on the next one (section 5.2).
  case foldedHeader
  /// No Host in HTTP/1.1, two of them, or one that can be no host (section 3.2).
  case malformedHost
  /// A Content-Length that is not one decimal number, or two that differ (section 6.3).
  case malformedContentLength
  /// Content-Length together with Transfer-Encoding: the mark of request smuggling (section 11.2).
  case conflictingLengths
  /// A Transfer-Encoding whose last coding is not chunked, or any in HTTP/1.0 (section 6.3).
  case malformedTransferEncoding
  /// A Transfer-Encoding with other codings than chunked (section 6.1).
  case unsupportedTransferEncoding
  /// An Expect other than `100-continue` (RFC 9110, section 10.1.1).
  case unknownExpectation
  /// A head longer than ``Limits/headBytes``.
  case headTooLarge
  /// More header or trailer lines than ``Limits/headerCount``.
  case tooManyHeaders
  /// A body longer than ``Limits/bodyBytes``, or an answer's than ``ClientRequest/answerBytes``.
  case bodyTooLarge
  /// More heads with a status of 1xx before an answer than ``Limits/interimHeads``.
  case tooManyInterimHeads
  /// A chunk whose size, extensions or line ends are wrong (section 7.1).
  case malformedChunk

  /// What to answer.
  public var status: Status {
    switch self {
    case .connectNotSupported, .unsupportedTransferEncoding: .notImplemented
    case .unsupportedVersion: .versionNotSupported
    case .unknownExpectation: .expectationFailed
    case .headTooLarge, .tooManyHeaders: .headerFieldsTooLarge
    case .bodyTooLarge: .contentTooLarge
    default: .badRequest
    }
  }

  /// What was wrong, in a few words for the sender.
  public var reason: StaticString {
    switch self {
    case .malformedRequestLine: "malformed request line"
    case .malformedTarget: "malformed request target"
    case .connectNotSupported: "CONNECT is not supported"
    case .malformedVersion: "malformed HTTP version"
    case .unsupportedVersion: "unsupported HTTP version"
    case .malformedStatusLine: "malformed status line"
    case .controlByte: "control byte or bare line end in the head"
    case .tooManyEmptyLines: "too many empty lines before the request"
    case .malformedHeaderName: "malformed header name"
    case .foldedHeader: "folded header line"
    case .malformedHost: "missing, repeated or malformed Host"
    case .malformedContentLength: "malformed Content-Length"
    case .conflictingLengths: "both Content-Length and Transfer-Encoding"
    case .malformedTransferEncoding: "malformed Transfer-Encoding"
    case .unsupportedTransferEncoding: "unsupported Transfer-Encoding"
    case .unknownExpectation: "unknown expectation"
    case .headTooLarge: "head too large"
    case .tooManyHeaders: "too many header lines"
    case .bodyTooLarge: "body too large"
    case .tooManyInterimHeads: "too many interim heads"
    case .malformedChunk: "malformed chunk"
    }
  }
}
