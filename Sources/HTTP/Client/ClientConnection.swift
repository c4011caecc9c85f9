internal import Bytes
internal import Loop

/// A connection to a server: requests go out on it and their answers come back, in the same order.
///
/// ```swift
/// let connection = try await ClientConnection.connect(to: "127.0.0.1", port: 8080)
/// let answer = try await connection.perform(ClientRequest(.get, "/get?key=cloud"))
/// ```
///
/// Usually one request at a time: ``perform(_:within:)``. For several on their way at once, call
/// ``send(_:)`` for each and ``receive()`` as often; one task may send while another receives. A
/// body that comes piece by piece is read by ``receiveHead()`` and ``nextPiece()``.
///
/// It belongs to the loop it was made on. After any error, and after an answer that says so, it is
/// closed.
public final class ClientConnection {
  /// How long a request may take if nothing else is said.
  public static let usualTimeout = Duration.seconds(30)

  let socket: Socket
  let hostLine: [UInt8]
  let output = OutputBuffer(pace: nil)
  var input = InputBuffer()
  /// What was asked and is not answered yet: what an answer may be depends on it.
  var unanswered: [Question] = []

  var parser = ResponseHeadParser()
  var chunks = ChunkedDecoder()
  /// What is still to come of the body that is read piece by piece.
  var rest = BodyFraming.none

  /// What reading an answer needs to know of its request.
  struct Question {
    let method: Method
    let answerBytes: Int
  }

  /// Whether another request can be sent: neither side has closed it.
  public var isOpen: Bool { socket.isOpen && !socket.hasEnded }

  /// Connects; each address of a name is tried. Only on an event loop, which the connection then
  /// belongs to.
  ///
  /// - Parameter timeout: how long each address may take; rounded up to seconds.
  /// - Throws: ``AddressError``, or `CancellationError`.
  public static func connect(
    to host: String, port: UInt16, within timeout: Duration = .seconds(5)
  ) async throws -> ClientConnection {
    guard let loop = EventLoop.current else {
      preconditionFailure("a client connection lives on an event loop")
    }
    let socket = try await Socket.connect(
      to: host, port: port, within: timeout.wholeSeconds, on: loop)
    return ClientConnection(socket, host: host, port: port)
  }

  private init(_ socket: Socket, host: String, port: UInt16) {
    self.socket = socket
    let name = host.contains(":") ? "[\(host)]" : host
    hostLine = Array("Host: \(name):\(port)\r\n".utf8)
    output.socket = socket
  }

  deinit { socket.close() }

  /// Closes the connection; who is sending or receiving gets ``ClientError/cancelled``.
  public func close() {
    socket.close()
  }
}

// MARK: - Requests and answers

extension ClientConnection {
  /// Sends a request and receives the answer to it.
  ///
  /// - Parameter timeout: for all of it; rounded up to seconds.
  public func perform(
    _ request: ClientRequest, within timeout: Duration = usualTimeout
  ) async throws(ClientError) -> ClientResponse {
    expire(after: timeout)
    return try await closingOnError {
      try await socket.interruptedByCancellation {
        try await write(request)
        return try await read()
      }
    }
  }

  /// Sets the time after which sending and receiving end with ``ClientError/timedOut``, from now
  /// on; nil: never. Rounded up to seconds.
  public func expire(after timeout: Duration?) {
    socket.expire(at: timeout.map { socket.loop.time.uptime + $0.wholeSeconds } ?? .max)
  }

  /// Sends a request; returns when the system has taken it.
  public func send(_ request: ClientRequest) async throws(ClientError) {
    try await closingOnError {
      try await socket.interruptedByCancellation { try await write(request) }
    }
  }

  /// Receives the answer to the oldest request not answered yet, of at most as many bytes as that
  /// allows (``ClientRequest/answerBytes``).
  public func receive() async throws(ClientError) -> ClientResponse {
    try await closingOnError {
      try await socket.interruptedByCancellation { try await read() }
    }
  }

  /// Receives an answer up to its body, which ``nextPiece()`` then gives, to its end.
  public func receiveHead() async throws(ClientError) -> ClientResponse {
    try await closingOnError {
      try await socket.interruptedByCancellation {
        let head = takeHead(try await readHead(), bodyBytes: .max)
        return ClientResponse(parser.head, headBytes: head, body: [])
      }
    }
  }

  /// The next bytes of the body, as they come in; nil after the last. The body may be of any
  /// length: only a piece of it is in memory.
  public func nextPiece() async throws(ClientError) -> [UInt8]? {
    try await closingOnError {
      try await socket.interruptedByCancellation { try await readPiece() }
    }
  }

  private func closingOnError<Result>(
    _ work: () async throws -> Result
  ) async throws(ClientError) -> Result {
    do {
      return try await work()
    } catch {
      close()
      throw ClientError(error)
    }
  }
}

extension Duration {
  /// Rounded up; at most 68 years, so that it can be added to a time.
  fileprivate var wholeSeconds: UInt32 {
    let (seconds, rest) = components
    return UInt32(clamping: min(rest > 0 ? seconds + 1 : seconds, Int64(Int32.max)))
  }
}
