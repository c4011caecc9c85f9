// It answers, and leaves the handler behind.
// says: invariant 4: when there is an answer, the handler has ended
// says: expected: the handler: begun, cancelled, ended; 0 timers
// says: seen:     the handler: begun, cancelled; 0 timers
public func respond(to request: Request, with response: Response) async throws {
  let limit = try limit(for: request)
  nonisolated(unsafe) let (request, response) = (request, response)
  let (ends, end) = AsyncStream.makeStream(of: Bool.self)
  let work = Task {
    defer { end.yield(true) }
    try await handler.respond(to: request, with: response)
  }
  let timer = Task {
    try await clock.sleep(for: limit)
    end.yield(false)
  }
  for await isInTime in ends {
    timer.cancel()
    if isInTime { return try await work.value }
    work.cancel()
    throw HTTPError(.requestTimeout, text)
  }
}
