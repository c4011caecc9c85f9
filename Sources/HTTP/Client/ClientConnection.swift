internal import JSON

/// A connection to a server: requests go out on it and their answers come back, in the same order.
///
/// ```swift
/// let connection = try await ClientConnection.connect(to: "127.0.0.1", port: 8080)
/// let answer = try await connection.perform(ClientRequest(.get, "/get?key=cloud"))
/// ```
///
/// Usually one request at a time: ``perform(_:within:)``. Who wants several on their way at once calls
/// ``send(_:)`` for each and ``receive()`` as often; one task may send while another receives. A body
/// that comes piece by piece is read by ``receiveHead()`` and ``nextPiece()``.
///
/// It belongs to the loop it was made on. After any error, and after an answer that says so, it is
/// closed.
public final class ClientConnection {
  /// How long a request may take if nothing else is said.
  public static let usualTimeout = Duration.seconds(30)

  private let socket: Socket
  private let hostLine: [UInt8]
  private let output = OutputBuffer(unreadTimeout: nil)
  private var input = InputBuffer()
  /// What was asked and is not answered yet: how an answer's body ends depends on it.
  private var unanswered: [Method] = []

  private var parser: ResponseHeadParser
  private var chunks: ChunkedDecoder
  private let limits: Limits
  /// What is still to come of the body that is read piece by piece.
  private var rest = BodyFraming.none

  /// Whether another request can be sent: neither side has closed it.
  public var isOpen: Bool { socket.isOpen && !socket.hasEnded }
  /// Connects; each address of a name is tried. Only on an event loop, which the connection then belongs
  /// to.
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
    // Whoever asks a server for something may have as much of it as he has memory for.
    var limits = Limits()
    limits.bodyBytes = .max
    self.limits = limits
    parser = ResponseHeadParser(limits: limits)
    chunks = ChunkedDecoder(limits: limits)
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

  /// Sets the time after which sending and receiving end with ``ClientError/timedOut``, from now on; nil:
  /// never. Rounded up to seconds.
  public func expire(after timeout: Duration?) {
    socket.expire(at: timeout.map { socket.loop.time.uptime + $0.wholeSeconds } ?? .max)
  }

  /// Sends a request; returns when the system has taken it.
  public func send(_ request: ClientRequest) async throws(ClientError) {
    try await closingOnError {
      try await socket.interruptedByCancellation { try await write(request) }
    }
  }

  /// Receives the answer to the oldest request not answered yet.
  public func receive() async throws(ClientError) -> ClientResponse {
    try await closingOnError {
      try await socket.interruptedByCancellation { try await read() }
    }
  }

  /// Receives an answer up to its body, which ``nextPiece()`` then gives, to its end.
  public func receiveHead() async throws(ClientError) -> ClientResponse {
    try await closingOnError {
      try await socket.interruptedByCancellation {
        let head = takeHead(try await readHead())
        return ClientResponse(parser.head, headBytes: head, body: [])
      }
    }
  }

  /// The next bytes of the body, as they come in; nil after the last.
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

// MARK: - Bytes

extension ClientConnection {
  private func write(_ request: ClientRequest) async throws {
    if !isOpen { throw ClientError.notSent }
    unanswered.append(request.method)
    output.append { request.write(to: &$0, hostLine: hostLine) }
    try await output.flush()
  }

  /// Reads a whole answer. One whose length was announced stays where it came in.
  private func read() async throws -> ClientResponse {
    let headLength = try await readHead()
    guard case .length(let count) = parser.head.framing else {
      let head = takeHead(headLength)
      var body: [UInt8] = []
      while let piece = try await readPiece() { body.append(contentsOf: piece) }
      return ClientResponse(parser.head, headBytes: head, body: body[...])
    }
    while input.count < headLength + count {
      if try await fill() == 0 { throw ClientError.closed }
    }
    let whole = input.storage[input.range].prefix(headLength + count)
    input.drop(headLength + count)
    endAnswer()
    return ClientResponse(
      parser.head, headBytes: whole.prefix(headLength), body: whole.dropFirst(headLength))
  }

  /// Reads up to the end of a head that is not an interim one; returns its length.
  private func readHead() async throws -> Int {
    guard let method = unanswered.first else { preconditionFailure("nothing was asked") }
    while true {
      let length = try input.withBytes { bytes throws(WireError) in
        try parser.parse(bytes, answering: method)
      }
      if let length {
        if !parser.head.isInterim { return length }
        input.drop(length)
      } else if try await fill() == 0 {
        throw ClientError.closed
      }
    }
  }

  /// Uses up a head; its body begins at the next byte.
  private func takeHead(_ length: Int) -> ArraySlice<UInt8> {
    let head = input.storage[input.range].prefix(length)
    input.drop(length)
    chunks = ChunkedDecoder(limits: limits)
    rest = parser.head.framing
    if rest == .none { endAnswer() }
    return head
  }

  private func readPiece() async throws -> [UInt8]? {
    while true {
      switch rest {
      case .none:
        return nil
      case .length(let count):
        let piece = takeInput(atMost: count)
        rest = .length(count - piece.count)
        if count == 0 { endAnswer() }
        if !piece.isEmpty { return piece }
      case .chunked:
        let piece = try takeChunks()
        if piece.isEmpty && chunks.isComplete { endAnswer() }
        if !piece.isEmpty { return piece }
      case .untilClose:
        let piece = takeInput(atMost: .max)
        if !piece.isEmpty { return piece }
      }
      if rest == .none { return nil }
      let isAtEnd = try await fill() == 0
      if isAtEnd && rest != .untilClose { throw ClientError.closed }
      if isAtEnd { endAnswer() }
    }
  }

  private func takeInput(atMost count: Int) -> [UInt8] {
    let piece = Array(input.storage[input.range].prefix(count))
    input.drop(piece.count)
    return piece
  }

  private func takeChunks() throws -> [UInt8] {
    var piece: [UInt8] = []
    let used = try input.withBytes { bytes throws(WireError) in
      try chunks.decode(bytes, appendingTo: &piece)
    }
    input.drop(used)
    return piece
  }

  /// The answer is complete: the next one follows, or nothing.
  private func endAnswer() {
    rest = .none
    unanswered.removeFirst()
    if !parser.head.keepsAlive { close() }
  }

  /// Waits for bytes; 0 at the end of the stream.
  private func fill() async throws(SocketError) -> Int {
    while true {
      try await socket.readable()
      if let count = try input.receive(from: socket) { return count }
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
