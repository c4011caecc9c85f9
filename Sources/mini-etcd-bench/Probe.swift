internal import Bytes
internal import HTTP
internal import Loop

/// Asks a server the same again and again, until the answer is the one expected.
///
/// Each time over a new connection, and without counting failures: they are what is waited out.
struct Probe: Sendable {
  private let target: Target
  private let exchange: CheckedRequest

  init(_ target: Target, _ exchange: CheckedRequest) {
    self.target = target
    self.exchange = exchange
  }

  /// Returns when the right answer came first; nil if it does not come within `limit`, or if the
  /// server is this program's own and ends.
  ///
  /// - Parameter interval: between two requests; the moment is found as exactly as that.
  func firstSuccess(
    within limit: Duration, every interval: Duration = .milliseconds(2), on loop: EventLoop
  ) async -> ContinuousClock.Instant? {
    await withTaskExecutorPreference(loop) {
      let end = ContinuousClock.now + limit
      while ContinuousClock.now < end, target.server?.end == nil {
        if await succeeds(before: end) { return .now }
        try? await Task.sleep(for: interval)
      }
      return nil
    }
  }

  /// Whether anything takes connections there.
  func canConnect(on loop: EventLoop) async -> Bool {
    await withTaskExecutorPreference(loop) {
      let connection = try? await connect()
      connection?.close()
      return connection != nil
    }
  }

  private func succeeds(before end: ContinuousClock.Instant) async -> Bool {
    do {
      let connection = try await connect()
      defer { connection.close() }
      let answer = try await connection.perform(exchange.request, within: end - .now)
      return exchange.accepts(answer.status, answer.body)
    } catch {
      return false
    }
  }

  private func connect() async throws -> ClientConnection {
    let address = target.endpoint.address
    return try await ClientConnection.connect(
      to: address.host, port: address.port, within: .seconds(5))
  }
}
