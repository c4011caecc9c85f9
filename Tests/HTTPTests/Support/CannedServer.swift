import Loop
import LoopSupport

@testable import HTTP

/// A server that says what it was told to, whether that is HTTP or not.
struct CannedServer {
  let port: UInt16
  private let listener: Socket

  /// Only on `loop`.
  init(on loop: EventLoop) throws {
    let (descriptor, port) = try Listener.open("127.0.0.1", port: 0)
    self.port = port
    listener = try loop.adopt(descriptor)
  }

  /// Waits for the next client.
  func accept() async throws -> RawConnection {
    while true {
      try await listener.readable()
      if let descriptor = try listener.accept() {
        return RawConnection(try listener.loop.adopt(descriptor))
      }
    }
  }

  func close() { listener.close() }
}

/// A client connected to a server that says what the body makes it say.
func withCannedServer(
  clock: ManualClock? = nil,
  _ body:
    @Sendable @concurrent (ClientConnection, RawConnection, EventLoop) async throws -> Void
) async throws {
  try await onLoop(clock: clock) { loop in
    let server = try CannedServer(on: loop)
    async let accepted = server.accept()
    let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.port)
    let connection = try await accepted
    try await body(client, connection, loop)
    client.close()
    connection.close()
    server.close()
  }
}

extension ArraySlice<UInt8> {
  var text: String { String(decoding: self, as: UTF8.self) }
}
