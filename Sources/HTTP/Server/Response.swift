internal import Bytes
internal import Loop

/// The answer to a request, to be filled in by its handler.
///
/// ```swift
/// response.contentType = .json
/// response.body.append("{\"health\":\"true\"}")
/// ```
///
/// What the handler leaves here when it returns is sent, in one write together with what other
/// answers to the same connection are ready. A body whose length is not known, or that has to go
/// out piece by piece, is a stream: ``stream()``.
///
/// A connection uses the same object, and its arrays, again for its next answer: it must not be
/// kept after the handler has returned.
public final class Response {
  public var status = Status.ok
  /// nil: none is sent.
  public var contentType: ContentType? = .plainText
  /// The body so far. Of an answer to HEAD only its length is sent.
  public var body: [UInt8] = []

  /// Further header lines, each with its line end.
  private var headers: [UInt8] = []

  private enum Progress {
    /// The handler may still change everything.
    case open
    /// The head has gone out, the body goes out in pieces.
    case streaming
    case finished
  }
  private var progress = Progress.open
  private var method = Method.get
  private var minorVersion = 1
  fileprivate var turn = Turn()

  /// Whether the connection ends after this answer.
  private(set) var closes = false

  /// It keeps spare responses, and so must not be kept by them.
  private unowned let share: ServerLoop
  let output: OutputBuffer

  init(share: ServerLoop) {
    self.share = share
    output = OutputBuffer(
      pace: ReadingPace(
        patience: share.timeouts.unread, bytesPerSecond: share.timeouts.unreadBytesPerSecond))
  }
}

// MARK: - For handlers

extension Response {
  /// Adds a header. The server itself writes Date, Content-Type (``contentType``), Content-Length,
  /// Transfer-Encoding and Connection.
  package func addHeader(_ name: StaticString, _ value: StaticString) {
    headers.append(header: name, value)
  }

  /// Adds headers as they stand, each with its line end.
  package func addHeaders(_ lines: StaticString) {
    headers.append(lines)
  }

  /// Adds a header with a decimal value.
  package func addHeader(_ name: StaticString, _ value: Int) {
    headers.append(header: name, value)
  }

  /// Adds a header with a hexadecimal value.
  package func addHeader(_ name: StaticString, hex value: UInt64) {
    headers.append(header: name, hex: value)
  }

  /// Adds a header whose value was made at run time.
  package func addHeader(_ name: StaticString, bytes value: [UInt8]) {
    headers.append(header: name, bytes: value.span)
  }

  /// Takes back the headers that a handler around this one has added.
  package func removeHeaders() {
    headers.removeAll(keepingCapacity: true)
  }

  /// Ends the connection after this answer.
  public func closeConnection() {
    closes = true
  }

  /// Sends the head now, with what ``body`` holds already, and lets the body follow piece by piece.
  ///
  /// It is sent in chunks, or, to a client of HTTP/1.0, up to the connection's end.
  ///
  /// - Throws: if the connection is gone.
  public func stream() async throws -> BodyStream {
    precondition(progress == .open, "a response has one body")
    progress = .streaming
    if minorVersion == 0 { closes = true }
    output.append { writeHead(to: &$0, length: nil) }
    append(piece: body.span)
    try await output.flush()
    return BodyStream(of: self)
  }
}

/// The body of an answer that is sent piece by piece.
///
/// It ends with ``finish()``, once: that takes the stream away. A handler that returns or throws
/// without it leaves the body unfinished, and the connection is closed, so that the client can
/// tell.
public struct BodyStream: ~Copyable {
  private let response: Response

  fileprivate init(of response: Response) { self.response = response }

  /// Sends a piece; returns when the system has taken all of it, which is when the client reads
  /// what it was sent before. Nothing is sent for an empty piece. To a client that reads as fast as
  /// pieces come the loop's other tasks get their turn in between (``Turn``).
  ///
  /// - Throws: if the client is gone, or has not read for too long (``Timeouts/unread``).
  public func write(_ piece: [UInt8]) async throws {
    response.append(piece: piece.span)
    try await response.output.flush()
    response.turn.note(bytes: piece.count)
    if response.turn.isOver {
      response.turn = Turn()
      await Task.yield()
    }
  }

  /// Ends the body, with a last piece if there is one; both leave in one write, as other answers
  /// do. The connection can then take the next request.
  public consuming func finish(with piece: [UInt8] = []) {
    response.append(piece: piece.span)
    response.finishStream()
  }
}

// MARK: - For the connection

extension Response {
  /// Whether the handler began a stream and did not finish it.
  var isUnfinishedStream: Bool { progress == .streaming }

  /// Begins the answer to `request`.
  func begin(_ request: Request) {
    status = .ok
    contentType = .plainText
    body.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    progress = .open
    method = request.method
    minorVersion = request.minorVersion
    closes = !request.keepsAlive
  }

  /// Tells a client that waits for it to send the body (RFC 9110, section 10.1.1).
  func expectBody() {
    output.append { bytes in
      bytes.append(status: .continue)
      bytes.appendEndOfHead()
    }
  }

  /// Puts an error in the place of what the handler has filled in, but for the headers it added;
  /// unless that has gone out already.
  func fail(_ error: HTTPError) {
    guard progress == .open else { return }
    status = error.status
    contentType = .plainText
    body.removeAll(keepingCapacity: true)
    body.append(contentsOf: error.text.utf8)
    body.append(UInt8(ascii: "\n"))
    if error.closes { closes = true }
  }

  /// Puts an error into the output that answers something which is no request.
  func refuse(_ error: HTTPError) {
    method = .other
    minorVersion = 1
    headers.removeAll(keepingCapacity: true)
    progress = .open
    fail(error)
    finish()
  }

  /// Puts the answer into the output, unless a stream has done so.
  func finish() {
    guard progress == .open else { return }
    progress = .finished
    output.append { bytes in
      writeHead(to: &bytes, length: body.count)
      if method != .head && !status.isBodiless { bytes.append(contentsOf: body) }
    }
    if body.capacity > Request.keptBytes { body = [] }
  }

  fileprivate func append(piece: Span<UInt8>) {
    if method == .head || status.isBodiless { return }
    output.append { bytes in
      if minorVersion == 0 { bytes.append(copying: piece) } else { bytes.append(chunk: piece) }
    }
  }

  fileprivate func finishStream() {
    progress = .finished
    if method != .head && !status.isBodiless && minorVersion > 0 {
      output.append { $0.appendLastChunk() }
    }
  }

  /// - Parameter length: the body's; nil for a stream.
  private func writeHead(to bytes: inout [UInt8], length: Int?) {
    if share.isStopping || output.socket?.hasCancelledOwner == true { closes = true }
    bytes.append(status: status)
    bytes.append(copying: share.dateLine.span)
    if let contentType { bytes.append(header: "Content-Type", contentType.text) }
    bytes.append(copying: headers.span)
    if !status.isBodiless {
      if let length {
        bytes.append(header: "Content-Length", length)
      } else if minorVersion > 0 {
        bytes.append(header: "Transfer-Encoding", "chunked")
      }
    }
    if closes {
      bytes.append(header: "Connection", "close")
    } else if minorVersion == 0 {
      bytes.append(header: "Connection", "keep-alive")
    }
    bytes.appendEndOfHead()
  }
}
