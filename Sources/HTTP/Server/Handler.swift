/// What answers requests.
///
/// A handler runs on the loop of the connection that asked, in that connection's task, one request
/// of it at a time. It fills in the response and returns; the server then sends it. It may suspend
/// for as long as it likes, but must never block the thread.
///
/// Its task is cancelled when the connection breaks, when the server cancels what still runs, and,
/// if it asks for that (``Request/cancelWhenClientLeaves()``), when the client closes its side.
public protocol Handler: Sendable {
  /// Answers one request.
  ///
  /// - Throws: ``HTTPError`` to answer with that instead; `CancellationError` after a cancellation,
  ///   which is answered 503; anything else is answered 500 and logged.
  func respond(to request: Request, with response: Response) async throws
}
