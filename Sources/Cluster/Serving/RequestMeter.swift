public import HTTP
import Replication
import Synchronization

/// What is measured where requests come in, for `/metrics`.
public final class RequestMeter: Sendable {
  let times = Histogram()
  private let server = Mutex(Measured())

  private struct Measured: Sendable {
    weak var server: Server?
  }

  public init() {}

  /// Counts the connections of a server.
  public func measure(_ server: Server) { self.server.withLock { $0.server = server } }

  /// Nil before a server is measured.
  var counts: ServerCounts? { server.withLock { $0.server }?.counts }
}

/// Measures how long a handler takes for each request.
public struct MeteredHandler<Answering: Handler>: Handler {
  private let handler: Answering
  private let meter: RequestMeter

  public init(_ handler: Answering, _ meter: RequestMeter) {
    self.handler = handler
    self.meter = meter
  }

  public func respond(to request: Request, with response: Response) async throws {
    let start = ContinuousClock.now
    defer { meter.times.add(ContinuousClock.now - start) }
    try await handler.respond(to: request, with: response)
  }
}
