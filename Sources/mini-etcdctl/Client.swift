internal import Bytes
internal import HTTP

/// Asks servers in turn until one answers, and stays with that one.
///
/// A request that only reads is put to the next server whatever happened. One that changes
/// something is not, once it may have arrived at a server of etcd's API: it could be done twice.
final class Client {
  private(set) var endpoints: [Endpoint]
  let timeout: Duration
  private let headers: Headers
  private var connection: ClientConnection?

  /// Only on an event loop.
  init(_ endpoints: [Endpoint], timeout: Duration, headers: Headers = Headers()) {
    self.endpoints = endpoints
    self.timeout = timeout
    self.headers = headers
  }

  /// The same with other servers.
  func asking(_ endpoints: [Endpoint]) -> Client {
    Client(endpoints, timeout: timeout, headers: headers)
  }

  /// The first answer of a server of etcd's API; a refusal too is one.
  ///
  /// - Parameter waits: whether the server may take as long as it likes.
  func ask(_ request: ClientRequest, waits: Bool = false) async throws(CommandFailure)
    -> ClientResponse
  {
    var request = request
    for header in headers.all { request.addHeader(name: header.name, value: header.value) }
    let isRead = request.method == .get || request.method == .head
    var reasons: [String] = []
    for _ in endpoints {
      do {
        let connection = try await connected()
        connection.expire(after: waits ? nil : timeout)
        try await connection.send(request)
        let response = try await connection.receive()
        if response.isTooLarge {
          throw CommandFailure.refused("\(endpoints[0]): \(response.summary)")
        }
        let isEtcd = response.isEtcd(for: request)
        if response.status.rawValue >= 500 {
          // Also a proxy's: it may have passed the request on.
          if !isRead { throw CommandFailure.unknown("\(endpoints[0]): \(response.reason)") }
          reasons.append("\(endpoints[0]): \(response.reason)")
        } else if isEtcd && waits && response.body.isEmpty {
          // So a server that stops ends the waits of its clients, etcd too.
          reasons.append("\(endpoints[0]): it ended the wait, and nothing had happened")
        } else if isEtcd {
          return response
        } else {
          reasons.append(
            "\(endpoints[0]) does not answer as a server of etcd's v2 API: \(response.summary)")
        }
      } catch let failure as CommandFailure {
        throw failure
      } catch ClientError.malformed(.bodyTooLarge) where isRead {
        throw CommandFailure.refused(
          "\(endpoints[0]): the answer has more than \(request.answerBytes) bytes: ask for a part")
      } catch {
        let wasSent = connection != nil && (error as? ClientError) != .notSent
        if wasSent && !isRead && !isForeign(error) { throw .unknown("\(endpoints[0]): \(error)") }
        // What could not be connected to is named by its error.
        reasons.append(connection == nil ? "\(error)" : "\(endpoints[0]): \(words(for: error))")
      }
      turnToNext()
    }
    throw .unanswered(reasons)
  }

  /// Asks servers in turn until one answers with a body, and hands on its pieces as they come. Once
  /// one has come, no other server is asked.
  func receive(
    _ request: ClientRequest, _ take: ([UInt8]) throws(CommandFailure) -> Void
  ) async throws(CommandFailure) {
    var request = request
    for header in headers.all { request.addHeader(name: header.name, value: header.value) }
    var reasons: [String] = []
    for _ in endpoints {
      var hasBegun = false
      do {
        let connection = try await connected()
        connection.expire(after: timeout)
        try await connection.send(request)
        let head = try await connection.receiveHead()
        let isWanted = head.status == .ok
        var refusal: [UInt8] = []
        while let piece = try await connection.nextPiece() {
          connection.expire(after: timeout)
          if isWanted {
            hasBegun = true
            try take(piece)
          } else if refusal.count < 1 << 16 {
            refusal += piece
          }
        }
        if isWanted { return }
        let reason = String(decoding: refusal, as: UTF8.self).split(separator: "\n").first ?? ""
        let words = "\(endpoints[0]): status \(head.status.rawValue): \(reason)"
        if head.status.rawValue < 500 { throw CommandFailure.refused(words) }
        reasons.append(words)
      } catch let failure as CommandFailure {
        throw failure
      } catch {
        let words = connection == nil ? "\(error)" : "\(endpoints[0]): \(words(for: error))"
        if hasBegun { throw .unanswered([words]) }
        reasons.append(words)
      }
      turnToNext()
    }
    throw .unanswered(reasons)
  }

  /// Whether what came is no HTTP at all, so that no etcd can have taken the request.
  private func isForeign(_ error: any Error) -> Bool {
    guard case .malformed(let error) = error as? ClientError else { return false }
    return error != .bodyTooLarge
  }

  private func words(for error: any Error) -> String {
    isForeign(error) ? "\(error): no HTTP server, or one that wants TLS" : "\(error)"
  }

  private func connected() async throws -> ClientConnection {
    if let connection, connection.isOpen { return connection }
    connection = nil
    let address = endpoints[0].address
    let new = try await ClientConnection.connect(
      to: address.host.isEmpty ? "127.0.0.1" : address.host, port: address.port, within: timeout)
    connection = new
    return new
  }

  private func turnToNext() {
    connection?.close()
    connection = nil
    endpoints.append(endpoints.removeFirst())
  }
}
