internal import Bytes

/// Reads the head of a request out of bytes that arrive in pieces.
///
/// The caller keeps the bytes: it calls ``parse(_:)`` with everything received and not yet
/// consumed, the first byte of the head always first. What was looked at is not looked at again,
/// however small the pieces. The grammar is RFC 9112's without its leniencies (section 2.2: "a
/// recipient MAY recognize a single LF"), because two readers of one byte stream that differ in
/// leniency is what request smuggling lives on.
package struct RequestParser: Sendable {
  /// Filled when ``parse(_:)`` has returned a number; overwritten from the next call on.
  package private(set) var head = RequestHead()
  private let limits: Limits
  private var lines = LineReader()
  private var message = MessageFields()
  private var progress = Progress.requestLine(emptyLines: 0)

  private enum Progress {
    /// The number of empty lines before it.
    case requestLine(emptyLines: Int)
    case headers
    /// A head was handed out; the next call begins the next one.
    case finished
  }

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Reads on; nil if the head is not complete yet.
  ///
  /// - Returns: how many bytes the head took. The body, or the next request, begins there.
  /// - Throws: ``WireError`` as soon as a complete line is wrong. There is no going on after that.
  package mutating func parse(_ bytes: Span<UInt8>) throws(WireError) -> Int? {
    if case .finished = progress { restart() }
    while let line = try lines.next(in: bytes, limit: limits.headBytes) {
      switch progress {
      case .requestLine(let emptyLines) where line.isEmpty:
        guard emptyLines < limits.emptyLines else { throw .tooManyEmptyLines }
        progress = .requestLine(emptyLines: emptyLines + 1)
      case .requestLine:
        try head.readRequestLine(line, in: bytes)
        progress = .headers
      case .headers where line.isEmpty:
        try finish()
        return lines.position
      case .headers, .finished:
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
    progress = .requestLine(emptyLines: 0)
  }

  private mutating func finish() throws(WireError) {
    guard message.hosts == 1 || (message.hosts == 0 && head.minorVersion == 0) else {
      throw .malformedHost
    }
    head.framing = try message.requestFraming(minorVersion: head.minorVersion, limits: limits)
    head.keepsAlive = message.keepsAlive(minorVersion: head.minorVersion)
    if head.minorVersion > 0, message.expectsOther { throw .unknownExpectation }
    head.expectsContinue = head.minorVersion > 0 && message.expectsContinue
    head.asksUpgrade = message.asksUpgrade
    progress = .finished
  }
}

extension RequestHead {
  /// Takes `method SP target SP version` (section 3).
  fileprivate mutating func readRequestLine(
    _ line: Range<Int>, in bytes: Span<UInt8>
  ) throws(WireError) {
    var end = line.lowerBound
    while end < line.upperBound, bytes[end].isToken { end += 1 }
    guard end > line.lowerBound, end < line.upperBound, bytes[end] == .space else {
      throw .malformedRequestLine
    }
    methodName = line.lowerBound..<end
    method = Method(bytes.extracting(methodName))

    let targetStart = end + 1
    end = targetStart
    while end < line.upperBound, !bytes[end].isSpaceOrTab { end += 1 }
    guard end > targetStart, end < line.upperBound, bytes[end] == .space else {
      throw .malformedRequestLine
    }
    minorVersion = try readMinorVersion(bytes.extracting(end + 1..<line.upperBound))
    try readTarget(targetStart..<end, in: bytes)
  }

  /// Takes one of the four forms of section 3.2.
  private mutating func readTarget(
    _ range: Range<Int>, in bytes: Span<UInt8>
  ) throws(WireError) {
    let raw = bytes.extracting(range)
    var start = 0
    if method == .other, bytes.extracting(methodName).equals("CONNECT") {
      throw .connectNotSupported
    } else if raw[0] != UInt8(ascii: "/"), !(method == .options && raw.equals("*")) {
      start = try raw.endOfAuthority()
    }
    guard raw.firstIndex(of: UInt8(ascii: "#"), from: start) == nil else { throw .malformedTarget }
    let mark = raw.firstIndex(of: UInt8(ascii: "?"), from: start)
    let pathEnd = mark ?? raw.count
    // `http://host` has no path and means `/`: the slash before the host will do.
    let path = pathEnd > start ? start..<pathEnd : 6..<7

    target = range.lowerBound + start..<range.upperBound
    self.path = range.lowerBound + path.lowerBound..<range.lowerBound + path.upperBound
    query = mark.map { range.lowerBound + $0 + 1..<range.upperBound }
  }
}

extension Span<UInt8> {
  /// Where the path begins in `http://host[:port]/path`, the form a proxy is asked in.
  fileprivate func endOfAuthority() throws(WireError) -> Int {
    let scheme = count >= 8 && self[4] != UInt8(ascii: ":") ? 8 : 7
    guard count > scheme,
      extracting(first: scheme).equals(ignoringCase: scheme == 7 ? "http://" : "https://")
    else { throw .malformedTarget }
    var end = scheme
    while end < count, self[end] != UInt8(ascii: "/"), self[end] != UInt8(ascii: "?") { end += 1 }
    guard end > scheme, extracting(scheme..<end).isHost else { throw .malformedTarget }
    return end
  }
}

/// The minor version in `HTTP/1.x` (section 2.3).
func readMinorVersion(_ version: Span<UInt8>) throws(WireError) -> Int {
  guard version.count == 8, version.starts(with: "HTTP/"), version[6] == UInt8(ascii: "."),
    let major = version[5].decimalValue, let minor = version[7].decimalValue
  else { throw .malformedVersion }
  guard major == 1 else { throw .unsupportedVersion }
  return min(minor, 1)
}
