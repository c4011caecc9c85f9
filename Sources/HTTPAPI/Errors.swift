package import HTTP
package import Store

// What can go wrong between a request and the store, as a response to the client.

extension Request {
  /// The query's `key`, decoded.
  /// - Throws: 400 when it is missing, empty or badly escaped.
  package func key() throws(HTTPError) -> [UInt8] {
    let key: [UInt8]?
    do { key = try parameter("key") } catch { throw HTTPError(.badRequest, "\(error)") }
    guard let key else { throw HTTPError(.badRequest, "key is missing") }
    return key
  }
}

/// The path of the file that `key` names.
/// - Throws: 400 when it can name none.
package func filePath(of key: [UInt8]) throws(HTTPError) -> Path {
  if key.isEmpty { throw HTTPError(.badRequest, "key is empty") }
  let path: Path
  do { path = try Path(key) } catch { throw HTTPError(.badRequest, "\(error)") }
  if path.isRoot { throw HTTPError(.badRequest, "key has no name, only slashes") }
  return path
}

extension Proposer {
  /// Proposes the command and returns its events once it is applied.
  /// - Throws: 400 if the store refuses it; 413 if it is too large for the log; 503 if it could not
  ///   be put in order, or if that is unknown.
  @discardableResult
  package func change(_ command: any Command) async throws(HTTPError) -> [Event] {
    let outcome: Outcome
    do { outcome = try await propose(command) } catch {
      if case .tooLarge(let reason) = error { throw HTTPError(.contentTooLarge, reason) }
      throw HTTPError(.serviceUnavailable, "\(error)")
    }
    do { return try outcome.result.get() } catch { throw HTTPError(.badRequest, "\(error)") }
  }

  /// Returns once the local store may be read.
  /// - Throws: 503 if the store may be out of date.
  package func ready() async throws(HTTPError) {
    do { try await barrier() } catch { throw HTTPError(.serviceUnavailable, "\(error)") }
  }
}
