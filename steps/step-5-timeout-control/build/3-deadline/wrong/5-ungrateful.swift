// It does not look at what a cancelled handler has answered.
// says: invariant 5: a handler that answers after all, before it has ended, has answered
// says: expected: 200 done
// says: seen:     408 too late
public func respond(to request: Request, with response: Response) async throws {
  let limit = try limit(for: request)
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
    return try await group.next() == true
  }
  if !isInTime { throw HTTPError(.requestTimeout, text) }
}
