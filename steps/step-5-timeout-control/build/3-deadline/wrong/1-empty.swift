// The handler is never asked.
// says: invariant 1: an answer in time is sent at once, and no timer is left
// says: expected: 200 done
// says: seen:     200
public func respond(to request: Request, with response: Response) async throws {
}
