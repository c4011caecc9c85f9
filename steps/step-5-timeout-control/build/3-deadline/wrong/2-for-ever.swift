// No deadline at all.
// says: invariant 3: at the deadline the handler is cancelled, and the answer is 408
// says: expected: the handler begins, and a timer runs
// says: seen:     the handler: begun; 0 timers
public func respond(to request: Request, with response: Response) async throws {
  try await handler.respond(to: request, with: response)
}
