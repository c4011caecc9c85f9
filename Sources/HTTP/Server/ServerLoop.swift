internal import Bytes
internal import Loop
internal import Platform
internal import Synchronization

/// A server's share in one event loop: the connections on it, and what they use together.
///
/// Connections borrow their buffers here only while they have a request, so that an idle one holds
/// none, and a busy loop uses the same few, warm in the cache, for all.
final class ServerLoop: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: constants and atomics aside, everything is touched only on
  // `loop`.

  /// How many spare buffers are kept; there are more only while more requests are in progress.
  private static let keptExchanges = 256

  let loop: EventLoop
  let handler: any Handler
  let priority: (@Sendable (Request) -> Bool)?
  let otherProtocol: (@Sendable () -> any OtherProtocol)?
  let limits: Limits
  let timeouts: Timeouts
  let log: @Sendable (LogLine) -> Void

  /// Connections given to this loop and not yet closed. Written by the accepting loop as well.
  let connectionCount = Atomic<Int>(0)
  /// Requests whose handler runs, and those answered so far. Written only on `loop`.
  let runningRequests = Atomic<Int>(0)
  let finishedRequests = Atomic<Int>(0)
  /// What is taken of ``budget``. Written only on `loop`.
  let requestBytes = Atomic<Int>(0)

  /// The memory of the requests on this loop.
  var budget: ByteBudget { didSet { requestBytes.store(budget.used, ordering: .relaxed) } }

  private var connections: [Int32: Connection] = [:]
  private var spare: [Exchange] = []
  /// What is said about requests that failed for a reason of the server's own.
  var failures = LogLimit()
  /// Connections close after their current response.
  private(set) var isStopping = false

  private var dateSecond = Int.min
  private var date: [UInt8] = []

  init(
    loop: EventLoop, handler: any Handler, priority: (@Sendable (Request) -> Bool)?,
    otherProtocol: (@Sendable () -> any OtherProtocol)?, limits: Limits, budget: ByteBudget,
    timeouts: Timeouts, log: @escaping @Sendable (LogLine) -> Void
  ) {
    self.loop = loop
    self.handler = handler
    self.priority = priority
    self.otherProtocol = otherProtocol
    self.limits = limits
    self.budget = budget
    self.timeouts = timeouts
    self.log = log
  }

  /// Serves an accepted connection to its end, and closes it.
  func serve(_ descriptor: Int32, at place: Place) async {
    defer { connectionCount.subtract(1, ordering: .relaxed) }
    guard let socket = try? loop.adopt(descriptor) else {
      // epoll has no memory or no watches left: there is no way to talk to this client.
      return Platform.close(descriptor)
    }
    let connection = Connection(socket, at: place, share: self)
    connections[descriptor] = connection
    await connection.serve()
    // Once it is closed the descriptor may be the next connection's.
    connections[descriptor] = nil
    socket.close()
  }

  // MARK: Making room

  /// The connection that has had no request for the longest time, and for a second at the least:
  /// one that has just come is about to ask. One whose requests have priority has more time.
  var longestIdle: Connection? {
    var longest: Connection?
    for connection in connections.values where connection.isIdle && !connection.isLeaving {
      let start = connection.expendableFrom
      if start < longest?.expendableFrom ?? loop.time.uptime { longest = connection }
    }
    return longest
  }

  /// Closes the connection that has been idle longest; false if none is idle.
  func closeLongestIdle() -> Bool {
    guard let longestIdle else { return false }
    longestIdle.leave()
    return true
  }

  // MARK: Buffers

  func takeExchange() -> Exchange {
    spare.popLast() ?? Exchange(request: Request(limits: limits), response: Response(share: self))
  }

  func giveBack(_ exchange: Exchange) {
    if spare.count < Self.keptExchanges { spare.append(exchange) }
  }

  /// `Date: Sun, 06 Nov 1994 08:49:37 GMT` with its line end, made once a second.
  var dateLine: [UInt8] {
    if loop.time.wall != dateSecond {
      dateSecond = loop.time.wall
      date.removeAll(keepingCapacity: true)
      date.append("Date: ")
      date.append(httpDate: dateSecond)
      date.append("\r\n")
    }
    return date
  }

  // MARK: Counts

  func beginRequest() {
    runningRequests.store(runningRequests.load(ordering: .relaxed) + 1, ordering: .relaxed)
  }

  func endRequest() {
    runningRequests.store(runningRequests.load(ordering: .relaxed) - 1, ordering: .relaxed)
    finishedRequests.store(finishedRequests.load(ordering: .relaxed) + 1, ordering: .relaxed)
  }

  // MARK: Ending

  /// Closes the connections without a request, and lets the others end after their answer.
  func stop() {
    isStopping = true
    for connection in connections.values where connection.isIdle { connection.socket.interrupt() }
  }

  /// Cancels what still runs.
  func cancel() {
    isStopping = true
    for connection in connections.values { connection.socket.interrupt() }
  }
}

/// What a connection needs while it has a request.
final class Exchange {
  let request: Request
  let response: Response

  init(request: Request, response: Response) {
    self.request = request
    self.response = response
  }

  /// Lends it to the connection on `socket`; takes it back with nil.
  func assign(to socket: Socket?) {
    request.socket = socket
    response.output.socket = socket
  }
}
