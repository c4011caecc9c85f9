internal import Bytes
internal import Loop

/// One client's connection, from its first request to its last: the main path of the server.
///
/// ```
///   receive ──► answer ──► receive ──► ...      answers wait in the output
///      │                                        until there is nothing left to answer
///      └─ nothing there? send the answers, give the buffers back, wait
/// ```
///
/// Requests may come bunched together (pipelining): they are answered one after the other, in
/// order, and nothing more is read from a client that does not read its answers. However many there
/// are, the loop's other connections get their turn in between (``Turn``).
final class Connection {
  let socket: Socket
  let place: Place
  let share: ServerLoop
  /// Borrowed while there is a request, or a part of one, or an answer not sent yet.
  private(set) var exchange: Exchange?
  /// When the current request began to arrive; its wait for room does not count.
  var requestStart: UInt32 = 0
  private var flushesAtEndOfTurn = false
  private var turn = Turn()
  /// What its request has of the loop's ``ByteBudget``.
  var budgetBytes = 0
  /// The client's last request has a beginning and no end.
  private var isCutShort = false
  /// Since when it is idle, if it is.
  private(set) var idleStart: UInt32
  /// Whether its first request had priority; nil before that.
  private var hasPriority: Bool?
  /// It is about to be closed, to make room.
  private(set) var isLeaving = false

  init(_ socket: Socket, at place: Place, share: ServerLoop) {
    self.socket = socket
    self.place = place
    self.share = share
    idleStart = share.loop.time.uptime
  }

  /// Ends it; only while it is idle.
  func leave() {
    isLeaving = true
    socket.interrupt()
  }

  /// Whether it has no request, nor a part of one.
  var isIdle: Bool { exchange == nil }

  /// From when on it may be ended while it is idle, to make room.
  var expendableFrom: UInt32 {
    idleStart + (hasPriority == true ? share.timeouts.priority : 0)
  }

  /// Serves the client until one of the two has had enough; then the connection is to be closed.
  /// Runs on the socket's loop.
  func serve() async {
    socket.takeOwner()
    defer { releaseBudget() }
    do {
      while let exchange = try await receive() {
        try await answer(exchange)
        if exchange.response.closes { break }
      }
      try await endAfterAnswer()
    } catch let error as WireError {
      if await speakOtherProtocol(after: error) { return socket.releaseOwner() }
      await refuse(error.status, "\(error.status.rawValue) \(error.status.reason): \(error.reason)")
    } catch is NoPlace {
      await refuse(
        .serviceUnavailable, "all places for connections are taken", lingers: false)
    } catch is NoRoom {
      await refuse(
        .serviceUnavailable, "503 Service Unavailable: too much is coming in at once, try again")
    } catch SocketError.timedOut where isReceiving {
      await refuse(.requestTimeout, "408 Request Timeout", lingers: place == .usual)
    } catch {
      // The connection is broken or cut off: no response can reach the client.
    }
    socket.releaseOwner()
  }

  // MARK: Receiving

  /// Waits for a whole request; nil when the client has sent its last, or the server takes no more.
  private func receive() async throws -> Exchange? {
    while true {
      if let exchange {
        if try exchange.request.parse() { return exchange }
        let needed = exchange.request.budgetBytes(before: budgetBytes)
        if needed > max(budgetBytes, ByteBudget.freeBytes) { try await takeBudget(needed) }
        if exchange.request.takeExpectation() { exchange.response.expectBody() }
        try await exchange.response.output.flush()
        if exchange.request.isEmpty { giveBackExchange() }
      }
      if isIdle && share.isStopping { return nil }
      if try await read() == 0 { return nil }
    }
  }

  /// Waits for bytes; 0 at the end of the stream. While nothing has come no buffer is held.
  func read() async throws(SocketError) -> Int {
    while true {
      socket.expire(at: readDeadline)
      try await socket.readable()
      turn = Turn()
      let request = borrowExchange().request
      if let count = try request.receive(from: socket) {
        isCutShort = count == 0 && !request.isEmpty
        return count
      }
      if request.isEmpty { giveBackExchange() }
    }
  }

  /// Until when the client must send something: see ``Timeouts``.
  private var readDeadline: UInt32 {
    let timeouts = share.timeouts
    if place == .reserved, hasPriority == nil {
      return (exchange == nil ? idleStart : requestStart) + timeouts.reserved
    }
    guard let exchange else { return share.loop.time.uptime + timeouts.idle }
    let earned = exchange.request.receivedBytes / timeouts.bytesPerSecond
    return requestStart + timeouts.request + UInt32(earned)
  }

  /// Whether a part of a request is there, and no answer waits to be sent.
  private var isReceiving: Bool {
    guard let exchange else { return false }
    return exchange.response.output.isEmpty
  }

  private func borrowExchange() -> Exchange {
    if let exchange { return exchange }
    let new = share.takeExchange()
    new.assign(to: socket)
    requestStart = share.loop.time.uptime
    exchange = new
    return new
  }

  func giveBackExchange() {
    guard let old = exchange else { return }
    exchange = nil
    releaseBudget()
    idleStart = share.loop.time.uptime
    old.assign(to: nil)
    share.giveBack(old)
  }

  // MARK: Answering

  /// Lets the handler answer the request, and puts its answer into the output.
  private func answer(_ exchange: Exchange) async throws {
    let (request, response) = (exchange.request, exchange.response)
    if hasPriority == nil || place == .reserved {
      hasPriority = share.priority?(request) == true
      if place == .reserved && hasPriority == false { throw NoPlace() }
    }
    flushSoon(response.output)
    response.begin(request)
    share.beginRequest()
    defer { share.endRequest() }
    do {
      try await share.handler.respond(to: request, with: response)
    } catch let error as SocketError {
      throw error
    } catch {
      response.fail(answer(to: error, of: request))
    }
    // Once a stream has begun nothing can be taken back: breaking off is all that is left.
    if response.isUnfinishedStream { throw SocketError.interrupted }
    turn.note(bytes: request.length + response.body.count)
    response.finish()
    socket.cancelsOwnerAtEnd = false
    request.finish()
    releaseBudget()
    requestStart = share.loop.time.uptime
    if response.output.isFull { try await response.output.flush() }
    if turn.isOver {
      turn = Turn()
      await Task.yield()
    }
  }

  /// What a handler's error means to the client.
  private func answer(to error: any Error, of request: Request) -> HTTPError {
    switch error {
    case let error as HTTPError: return error
    case is CancellationError:
      // A task that is cancelled stays so: it could wait for no other request.
      return HTTPError(.serviceUnavailable, "cancelled", closes: true)
    default:
      if let skipped = share.failures.admit(at: .now) {
        share.log(
          .error(
            "request_failed",
            [
              "method": request.method.name, "path": String(decoding: request.path, as: UTF8.self),
              "reason": "\(error)", "skipped": skipped,
            ]))
      }
      return HTTPError(.internalServerError, "internal server error")
    }
  }

  /// Sends earlier answers at the end of this turn, should the next handler take longer than that.
  private func flushSoon(_ output: OutputBuffer) {
    if output.isEmpty || flushesAtEndOfTurn { return }
    flushesAtEndOfTurn = true
    share.loop.atEndOfTurn { [self] in
      flushesAtEndOfTurn = false
      // If this fails, so does the next flush, which tells.
      _ = try? exchange?.response.output.flushNow()
    }
  }

  // MARK: Ending

  /// Sends what is left to send.
  private func endAfterAnswer() async throws {
    guard let exchange else { return }
    // It may still read, as after any half-close.
    if isCutShort { return await refuse(.badRequest, "400 Bad Request: the request is cut short") }
    try await exchange.response.output.flush()
    if exchange.request.isEmpty && !share.isStopping {
      giveBackExchange()
    } else {
      await linger()
    }
  }

  /// Answers a request that cannot be understood, or did not come in time.
  ///
  /// - Parameter lingers: whether more of the request may come in; else the connection is to be
  ///   closed at once, for its place is wanted.
  private func refuse(_ status: Status, _ text: String, lingers: Bool = true) async {
    guard let exchange else { return }
    let response = exchange.response
    response.refuse(HTTPError(status, text, closes: true))
    do {
      try await response.output.flush()
    } catch {
      // It has not waited for the answer, or not read it in time.
      return
    }
    if lingers { await linger() }
  }

  /// Reads on for a while and forgets what comes: closing a socket with unread bytes resets the
  /// connection, and the client would lose the answer before it could read it.
  private func linger() async {
    socket.finishSending()
    socket.expire(at: share.loop.time.uptime + share.timeouts.linger)
    let request = borrowExchange().request
    var discarded = 0
    do {
      while discarded <= share.limits.discardedBytes {
        request.discard()
        releaseBudget()
        try await socket.readable()
        let count = try request.receive(from: socket)
        if count == 0 { return }
        discarded += count ?? 0
      }
    } catch {
      // It has had time enough, or is gone.
    }
  }
}

/// A connection has a place that is kept for requests with priority, and its request has none.
private struct NoPlace: Error {}
