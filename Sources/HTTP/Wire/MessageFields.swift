internal import Bytes

/// What the headers say about the message itself: where its body ends, and what becomes of the
/// connection (RFC 9112, sections 6 and 9). Shared by requests and responses.
struct MessageFields: Sendable {
  private(set) var hosts = 0
  private(set) var expectsContinue = false
  private(set) var expectsOther = false
  private var length: Int?
  private var coding = Coding.none
  private var saysClose = false
  private var saysKeepAlive = false
  private var saysUpgrade = false
  private var namesProtocol = false

  private enum Coding { case none, chunked, unsupported }

  var asksUpgrade: Bool { saysUpgrade && namesProtocol }

  mutating func note(_ field: HeaderField, in bytes: Span<UInt8>) throws(WireError) {
    let value = bytes.extracting(field.value)
    switch field.known {
    case .host:
      guard value.isHost else { throw .malformedHost }
      hosts += 1
    case .contentLength:
      try note(contentLength: value)
    case .transferEncoding:
      try note(transferEncoding: value)
    case .connection:
      if value.listContains("close") { saysClose = true }
      if value.listContains("keep-alive") { saysKeepAlive = true }
      if value.listContains("upgrade") { saysUpgrade = true }
    case .expect:
      if value.equals(ignoringCase: "100-continue") {
        expectsContinue = true
      } else {
        expectsOther = true
      }
    case .upgrade: namesProtocol = true
    case .contentType, .other: break
    }
  }

  /// Section 6.3 lets a reader take a length that is repeated unchanged. One repeated in a header
  /// line of its own is taken, as Go does; a list in one line, `5, 5`, is refused, as Go does.
  private mutating func note(contentLength value: Span<UInt8>) throws(WireError) {
    guard let number = value.decimalNumber, length == nil || length == number else {
      throw .malformedContentLength
    }
    length = number
  }

  /// Only `chunked` is known, once. Where it is not the last coding, the body has no end.
  private mutating func note(transferEncoding value: Span<UInt8>) throws(WireError) {
    guard case .none = coding else { throw .malformedTransferEncoding }
    if value.equals(ignoringCase: "chunked") {
      coding = .chunked
    } else if value.isEmpty || value.listContains("chunked") {
      throw .malformedTransferEncoding
    } else {
      coding = .unsupported
    }
  }

  func keepsAlive(minorVersion: Int) -> Bool {
    !saysClose && (minorVersion > 0 || saysKeepAlive)
  }

  func requestFraming(minorVersion: Int, limits: Limits) throws(WireError) -> BodyFraming {
    if coding != .none {
      guard length == nil else { throw .conflictingLengths }
      guard minorVersion > 0 else { throw .malformedTransferEncoding }
      guard coding == .chunked else { throw .unsupportedTransferEncoding }
      return .chunked
    }
    guard let length else { return .none }
    guard length <= limits.bodyBytes else { throw .bodyTooLarge }
    return .length(length)
  }

  /// A response without a length ends with the connection.
  func responseFraming(
    _ status: Status, answering method: Method, minorVersion: Int
  ) throws(WireError) -> BodyFraming {
    if coding != .none {
      guard length == nil else { throw .conflictingLengths }
      guard minorVersion > 0 else { throw .malformedTransferEncoding }
      guard coding == .chunked else { throw .unsupportedTransferEncoding }
    }
    if method == .head || status.isBodiless { return .none }
    if coding == .chunked { return .chunked }
    return length.map(BodyFraming.length) ?? .untilClose
  }
}

extension Span<UInt8> {
  /// The number in a string of decimal digits and nothing else; nil also if it is past `Int`.
  var decimalNumber: Int? {
    guard !isEmpty else { return nil }
    var number = 0
    for i in 0..<count {
      guard let digit = self[i].decimalValue else { return nil }
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(digit)
      guard !overflow, !carry else { return nil }
      number = sum
    }
    return number
  }

  /// Whether this could be `host[:port]` (RFC 3986, section 3.2.2), or nothing at all.
  ///
  /// It is never resolved nor routed by, so only its characters are checked.
  var isHost: Bool {
    for i in 0..<count {
      switch self[i] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"),
        UInt8(ascii: "&")...UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
        UInt8(ascii: "%"), UInt8(ascii: "["), UInt8(ascii: "]"):
        continue
      default: return false
      }
    }
    return true
  }
}
