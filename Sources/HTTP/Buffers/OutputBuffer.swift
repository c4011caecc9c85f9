internal import Loop

/// Bytes on their way out: messages are appended here and leave together, in one write.
final class OutputBuffer {
  /// A server sends more than this before it looks at another request, however many have come in.
  static let fullBytes = 64 << 10

  private var bytes: [UInt8] = []
  /// How many of them the system has taken.
  private var sent = 0
  private let usualPace: ReadingPace?
  /// How the client on ``socket`` reads; nil: as slowly as its deadline allows.
  private var pace: ReadingPace?

  /// The connection it goes out on.
  var socket: Socket? { didSet { pace = usualPace } }

  /// - Parameter pace: how slowly the other side may read; nil: until the socket's deadline as it
  ///   is.
  init(pace: ReadingPace?) {
    usualPace = pace
  }

  var isEmpty: Bool { bytes.isEmpty }
  var isFull: Bool { bytes.count - sent >= Self.fullBytes }

  /// Appends what `write` appends. One call for a whole message is cheaper than one for each part
  /// of it.
  func append(_ write: (inout [UInt8]) -> Void) {
    write(&bytes)
  }

  /// Sends everything; waits while the other side does not read.
  ///
  /// - Throws: ``SocketError/timedOut`` when it reads too slowly (``ReadingPace``).
  func flush() async throws(SocketError) {
    guard let socket, try !flushNow() else { return }
    pace?.rest(until: socket.loop.time.uptime)
    var before = sent
    repeat {
      if let pace { socket.expire(at: pace.deadline) }
      try await socket.writable()
      pace?.wait(until: socket.loop.time.uptime)
      if try flushNow() { return }
      pace?.take(sent - before)
      before = sent
    } while true
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
