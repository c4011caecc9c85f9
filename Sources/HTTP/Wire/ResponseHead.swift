import Bytes

/// What a response says before its body; ranges count from the first of the parsed bytes, as in
/// ``RequestHead``.
package struct ResponseHead: Hashable, Sendable {
  package internal(set) var status = Status(0)
  /// The phrase after the code, as sent; may be empty.
  package internal(set) var reason = 0..<0
  /// 1 for HTTP/1.1 (and for any later 1.x), 0 for HTTP/1.0.
  package internal(set) var minorVersion = 1
  package internal(set) var headers = HeaderFields()
  package internal(set) var framing = BodyFraming.none
  /// Whether the connection can take another request after this response. Never if the body is
  /// ``BodyFraming/untilClose``.
  package internal(set) var keepsAlive = true

  /// Whether another head follows this one (1xx, but for 101; RFC 9110, section 15.2).
  package var isInterim: Bool { status.rawValue < 200 && status != .switchingProtocols }

  package init() {}
}

/// Reads the head of a response out of bytes that arrive in pieces: what ``RequestParser`` is to a
/// request, and as strict.
package struct ResponseHeadParser: Sendable {
  /// Filled when ``parse(_:answering:)`` has returned a number; overwritten from the next call on.
  package private(set) var head = ResponseHead()
  private let limits: Limits
  private var lines = LineReader()
  private var message = MessageFields()
  private var progress = Progress.statusLine

  private enum Progress { case statusLine, headers, finished }

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Reads on; nil if the head is not complete yet. An answer to HEAD has no body whatever it says.
  ///
  /// - Returns: how many bytes the head took. The body begins there; after an interim response
  ///   (``ResponseHead/isInterim``) the next head.
  package mutating func parse(
    _ bytes: Span<UInt8>, answering method: Method
  ) throws(WireError) -> Int? {
    if progress == .finished { restart() }
    while let line = try lines.next(in: bytes, limit: limits.headBytes) {
      if progress == .statusLine {
        try head.readStatusLine(line, in: bytes)
        progress = .headers
      } else if line.isEmpty {
        try finish(answering: method)
        return lines.position
      } else {
        let field = try head.headers.append(line: line, in: bytes, limit: limits.headerCount)
        try message.note(field, in: bytes)
      }
    }
    return nil
  }

  private mutating func restart() {
    lines.reset()
    message = MessageFields()
    head.headers.removeAll()
    progress = .statusLine
  }

  private mutating func finish(answering method: Method) throws(WireError) {
    head.framing = try message.responseFraming(
      head.status, answering: method, minorVersion: head.minorVersion)
    head.keepsAlive =
      message.keepsAlive(minorVersion: head.minorVersion) && head.framing != .untilClose
    progress = .finished
  }
}

extension ResponseHead {
  /// Takes `version SP code SP reason` (section 4). The second space may be missing with the
  /// reason: many servers leave it out.
  fileprivate mutating func readStatusLine(
    _ line: Range<Int>, in bytes: Span<UInt8>
  ) throws(WireError) {
    let text = bytes.extracting(line)
    guard text.count >= 12, text[8] == .space, text.count == 12 || text[12] == .space else {
      throw .malformedStatusLine
    }
    minorVersion = try readMinorVersion(text.extracting(first: 8))
    guard let code = text.extracting(9..<12).decimalNumber, (100...599).contains(code) else {
      throw .malformedStatusLine
    }
    status = Status(code)
    reason = min(line.lowerBound + 13, line.upperBound)..<line.upperBound
  }
}
