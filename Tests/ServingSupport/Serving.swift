public import HTTP
public import Loop

/// A server on a port of the system's choice, for the time of a test.
public struct Serving: Sendable {
  /// How long an answer may take: a busy machine is not a fault.
  public static let patience = Duration.seconds(120)

  public let server: Server
  public let loop: EventLoop

  public init(server: Server, loop: EventLoop) {
    self.server = server
    self.loop = loop
  }

  /// What came back, as text.
  public struct Answer: Sendable, Equatable {
    public var status: Int
    public var text: String
    public init(_ status: Int, _ text: String) {
      self.status = status
      self.text = text
    }
  }

  /// Asks over a connection of its own.
  @concurrent public func ask(
    _ method: Method, _ target: String, _ body: String = ""
  ) async throws -> Answer {
    let response = try await perform(ClientRequest(method, target, body: Array(body.utf8)))
    return Answer(response.status.rawValue, String(decoding: response.body, as: UTF8.self))
  }

  /// Asks over a connection of its own.
  @concurrent public func perform(_ request: ClientRequest) async throws -> ClientResponse {
    try await loop.run {
      let connection = try await connect()
      defer { connection.close() }
      return try await connection.perform(request, within: Serving.patience)
    }
  }

  /// Only on the loop.
  public func connect() async throws -> ClientConnection {
    try await ClientConnection.connect(
      to: "127.0.0.1", port: server.port, within: Serving.patience)
  }
}

/// Serves `handler` while `body` runs, then ends the server and waits until it has.
public func withServing<Result: Sendable>(
  _ handler: any Handler, otherProtocol: (@Sendable () -> any OtherProtocol)? = nil,
  _ body: (Serving) async throws -> Result
) async throws -> Result {
  let loop = try EventLoop.start()
  defer { loop.shutDown() }
  let server = try Server(
    host: "127.0.0.1", port: 0, loops: [loop], handler: handler, otherProtocol: otherProtocol)
  async let running: Void = server.run()
  do {
    let result = try await body(Serving(server: server, loop: loop))
    await server.cancel()
    await running
    return result
  } catch {
    await server.cancel()
    await running
    throw error
  }
}
