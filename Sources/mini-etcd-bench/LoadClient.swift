internal import Bytes
internal import HTTP

/// One connection to a server, kept alive, and the count of what came of its requests.
struct LoadClient: ~Copyable {
  private(set) var tally = Tally()
  private let target: Target
  private let deadline: Duration
  private var connection: ClientConnection?
  /// Failures since the last right answer.
  private var failuresInARow = 0

  /// A server that fails so often in a row is left alone for the rest of the round.
  private static let patience = 3

  /// - Parameter deadline: how long an answer may take.
  init(_ target: Target, deadline: Duration) {
    self.target = target
    self.deadline = deadline
  }

  /// Begins a round, which the tally's timeline is then about.
  mutating func begin(at start: ContinuousClock.Instant) { tally.begin(at: start) }

  var hasGivenUp: Bool { failuresInARow >= Self.patience }

  /// Connects, unless that has been done.
  mutating func open() async {
    guard connection == nil else { return }
    let address = target.endpoint.address
    do {
      connection = try await ClientConnection.connect(
        to: address.host, port: address.port, within: deadline)
    } catch {
      fail("cannot connect: \(error)")
    }
  }

  /// Sends a request, waits for the answer and counts it.
  ///
  /// - Parameters:
  ///   - start: when the request was due.
  ///   - end: when the round ends.
  /// - Returns: when the answer came.
  mutating func ask(
    _ exchange: borrowing CheckedRequest, since start: ContinuousClock.Instant,
    before end: ContinuousClock.Instant
  ) async -> ContinuousClock.Instant {
    await send(exchange)
    let isRight = await receive(exchange)
    let now = ContinuousClock.now
    if isRight { tally.record(now - start, at: now, isInTime: now < end) }
    return now
  }

  /// Sends a request, whose answer ``receive(_:)`` then waits for.
  mutating func send(_ exchange: borrowing CheckedRequest) async {
    await open()
    guard let connection else { return }
    do {
      connection.expire(after: deadline)
      try await connection.send(exchange.request)
    } catch {
      fail("cannot send: \(error)")
    }
  }

  /// Whether the right answer comes. If not, that is counted, and the connection is closed.
  mutating func receive(_ exchange: borrowing CheckedRequest) async -> Bool {
    guard let connection else { return false }
    do {
      let answer = try await connection.receive()
      if exchange.accepts(answer.status, answer.body) {
        failuresInARow = 0
        if !connection.isOpen { close() }
        return true
      }
      let text = String(decoding: answer.body.prefix(200), as: UTF8.self)
      fail("wrong answer: \(answer.status.rawValue) \(text.debugDescription)")
    } catch {
      fail("no answer: \(error)")
    }
    return false
  }

  private mutating func close() {
    connection?.close()
    connection = nil
  }

  private mutating func fail(_ reason: String) {
    tally.fail(reason)
    failuresInARow += 1
    close()
  }

  /// What was counted in a round that took this connection so long.
  consuming func finish(elapsed: Duration = .zero) -> Tally {
    close()
    tally.elapsed = elapsed
    return tally
  }
}
