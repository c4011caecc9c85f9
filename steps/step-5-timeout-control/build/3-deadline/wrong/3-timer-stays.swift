// The group waits for its timer, even after the handler has answered.
// says: invariant 1: an answer in time is sent at once, and no timer is left
// says: expected: 200 done
// says: seen:     no answer within 5.0 seconds
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
    return try await group.next() == true
  }
  if !isInTime { throw HTTPError(.requestTimeout, text) }
}
