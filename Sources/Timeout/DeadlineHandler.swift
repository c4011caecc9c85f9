internal import Bytes
public import HTTP
internal import HTTPAPI

/// Puts a deadline around another handler: if it has not answered by then, it is cancelled and the
/// response is 408.
///
/// The cancellation is structured: the handler runs in a child task, which has ended and released
/// everything it held when this returns. A request may ask for less time: `timeout=5s`, in Go's
/// syntax.
public struct DeadlineHandler<C: Clock>: Handler where C.Duration == Duration {
  private let handler: any Handler
  private let limit: Duration
  private let clock: C
  private let text: String

  /// - Parameters:
  ///   - limit: how long the handler may take.
  ///   - text: the body of the 408.
  public init(_ handler: any Handler, within limit: Duration, by clock: C, text: String) {
    self.handler = handler
    self.limit = limit
    self.clock = clock
    self.text = text
  }

  public func respond(to request: Request, with response: Response) async throws {
    let limit = try limit(for: request)
    // The child uses them while this task waits for it and does nothing else: one at a time, and
    // all on the connection's loop.
    nonisolated(unsafe) let (request, response) = (request, response)
    let isInTime = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await handler.respond(to: request, with: response)
        return true
      }
      group.addTask {
        try await clock.sleep(for: limit)
        return false
      }
      defer { group.cancelAll() }
      if try await group.next() == true { return true }
      group.cancelAll()
      // Between the deadline and the cancellation the handler may have answered after all.
      return (try? await group.next()) == true
    }
    if !isInTime { throw HTTPError(.requestTimeout, text) }
  }

  /// The time this request has: what it asks for, if that is less than the limit.
  private func limit(for request: Request) throws(HTTPError) -> Duration {
    let asked: [UInt8]?
    do { asked = try request.parameter("timeout") } catch {
      throw HTTPError(.badRequest, "\(error)")
    }
    guard let asked else { return limit }
    let text = String(decoding: asked, as: UTF8.self)
    do throws(InvalidText) {
      let duration = try Duration(text: text)
      guard duration > .zero else { throw InvalidText("must be more than zero") }
      return min(duration, limit)
    } catch {
      throw HTTPError(.badRequest, "invalid timeout \(text.debugDescription): \(error.reason)")
    }
  }
}
