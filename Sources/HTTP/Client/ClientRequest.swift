internal import Bytes

/// A request to be sent: can be changed and sent again, so that one value serves for many.
public struct ClientRequest: Sendable {
  /// Bytes of an answer's body that are taken if nothing else is said: a listing of a million keys
  /// of usual size.
  public static let usualAnswerBytes = 256 << 20

  public var method: Method
  /// Path and query, percent-encoded: `/get?key=a`.
  public var target: [UInt8]
  /// What ``body`` is; nil: it is not said.
  public var contentType: ContentType?
  public var body: [UInt8]
  /// Bytes that the answer's body may have. Memory is spent only on what has come; one byte more,
  /// or a length that announces more, ends the connection with ``ClientError/malformed(_:)``. It
  /// does not apply to a body that is read piece by piece.
  public var answerBytes = usualAnswerBytes
  /// Further header lines, each with its line end.
  private var headers: [UInt8] = []

  public init(
    _ method: Method, _ target: String, contentType: ContentType? = nil, body: [UInt8] = []
  ) {
    self.method = method
    self.target = Array(target.utf8)
    self.contentType = contentType
    self.body = body
  }

  /// Adds a header. The connection itself writes Host, Content-Type and Content-Length.
  public mutating func addHeader(_ name: StaticString, _ value: [UInt8]) {
    headers.append(header: name, bytes: value.span)
  }

  /// Adds a header with a name that is known only when the program runs. The caller has
  /// seen to it that the name is a token and that no line ends in the value.
  public mutating func addHeader(name: [UInt8], value: [UInt8]) {
    headers.append(copying: name.span)
    headers.append(": ")
    headers.append(copying: value.span)
    headers.append("\r\n")
  }

  /// Appends the request as it goes out; `hostLine` is its Host header with its line end.
  func write(to output: inout [UInt8], hostLine: [UInt8]) {
    output.append(method: method, target: target.span)
    output.append(copying: hostLine.span)
    if let contentType { output.append(header: "Content-Type", contentType.text) }
    output.append(copying: headers.span)
    // Without a body GET and its like say nothing; for the others "none" must be said (RFC 9110,
    // 8.6).
    if !body.isEmpty || method == .post || method == .put || method == .patch {
      output.append(header: "Content-Length", body.count)
    }
    output.appendEndOfHead()
    output.append(copying: body.span)
  }
}
