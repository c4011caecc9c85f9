internal import HTTP
internal import JSON
internal import Options

/// Asks servers in turn until one answers, and stays with that one.
///
/// A request that only reads is put to the next server whatever happened. One that changes something is
/// not, once it may have arrived: it could be done twice.
final class Client {
  private(set) var endpoints: [Endpoint]
  let timeout: Duration
  private var connection: ClientConnection?

  /// Only on an event loop.
  init(_ endpoints: [Endpoint], timeout: Duration) {
    self.endpoints = endpoints
    self.timeout = timeout
  }

  /// The first answer; a refusal too is one.
  ///
  /// - Parameter waits: whether the server may take as long as it likes.
  func ask(_ request: ClientRequest, waits: Bool = false) async throws(Failure) -> ClientResponse {
    let isRead = request.method == .get || request.method == .head
    var reasons: [String] = []
    for _ in endpoints {
      do {
        let connection = try await connected()
        connection.expire(after: waits ? nil : timeout)
        try await connection.send(request)
        let response = try await connection.receive()
        if response.status.rawValue < 500 { return response }
        if !isRead { throw Failure.unknown("\(endpoints[0]): \(Self.reason(in: response))") }
        reasons.append("\(endpoints[0]): \(Self.reason(in: response))")
      } catch let failure as Failure {
        throw failure
      } catch {
        let wasSent = connection != nil && (error as? ClientError) != .notSent
        if wasSent && !isRead { throw .unknown("\(endpoints[0]): \(error)") }
        // What could not be connected to is named by its error.
        reasons.append(connection == nil ? "\(error)" : "\(endpoints[0]): \(error)")
      }
      turnToNext()
    }
    throw .unanswered(reasons)
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

  /// What a server says of its own trouble: etcd's cause or message, or the first line.
  static func reason(in response: ClientResponse) -> String {
    if let root = try? JSONDocument(response.body).root {
      for name in ["cause", "message", "status"] as [StaticString] {
        if let text = root[name]?.string, !text.isEmpty { return text }
      }
    }
    let line = response.body.prefix { $0 != UInt8(ascii: "\n") }
    if line.isEmpty { return "status \(response.status.rawValue)" }
    return String(decoding: line, as: UTF8.self)
  }
}
