/// Bytes on their way out: messages are appended here and leave together, in one write.
final class OutputBuffer {
  /// A server sends more than this before it looks at another request, however many have come in.
  static let fullBytes = 64 << 10

  private var bytes: [UInt8] = []
  /// So many of them the system has taken.
  private var sent = 0
  private let unreadTimeout: UInt32?

  /// The connection it goes out on.
  var socket: Socket?

  /// - Parameter unreadTimeout: how many seconds the other side may take to read some of what waits;
  ///   nil: until the socket's deadline as it is.
  init(unreadTimeout: UInt32?) {
    self.unreadTimeout = unreadTimeout
  }

  var isEmpty: Bool { bytes.isEmpty }
  var isFull: Bool { bytes.count - sent >= Self.fullBytes }

  /// Appends what `write` appends. One call for a whole message is cheaper than one for each part of it.
  func append(_ write: (inout [UInt8]) -> Void) {
    write(&bytes)
  }

  /// Sends everything; waits while the other side does not read.
  ///
  /// - Throws: ``SocketError/timedOut`` when it has read nothing for the time allowed.
  func flush() async throws(SocketError) {
    while let socket, try !flushNow() {
      if let unreadTimeout { socket.expire(at: socket.loop.time.uptime + unreadTimeout) }
      try await socket.writable()
    }
  }

  /// Sends what the system takes now; true if that was everything.
  func flushNow() throws(SocketError) -> Bool {
    guard let socket else { return true }
    while sent < bytes.count {
      let count = try bytes.withUnsafeBufferPointer { bytes throws(SocketError) in
        try socket.write(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[sent...])))
      }
      guard let count else { return false }
      sent += count
    }
    sent = 0
    bytes.removeAll(keepingCapacity: bytes.capacity <= Request.keptBytes * 2)
    return true
  }
}
