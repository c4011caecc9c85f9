/// Takes the connections of a listening socket, one after the other, and outlives the shortages in
/// which that is impossible.
final class Acceptor: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: everything is touched only on `loop`; `deinit` has nobody beside it.

  /// How long to wait before trying again what is impossible now.
  static let pause = Duration.milliseconds(100)

  let loop: EventLoop
  private let descriptor: Int32
  private var socket: Socket?
  private var isStopped = false

  init(_ descriptor: Int32, loop: EventLoop) {
    self.descriptor = descriptor
    self.loop = loop
  }

  deinit {
    if !isStopped { Platform.close(descriptor) }
  }

  /// Waits for the next connection; the caller owns its descriptor. nil: it was stopped.
  ///
  /// When the process has no descriptor left, what connects waits in the system's queue until one is free;
  /// trying again ten times a second costs nothing, trying again at once would cost a core.
  func next() async -> Int32? {
    while !isStopped {
      do {
        let socket = try listen()
        try await socket.readable()
        if let connection = try socket.accept() { return connection }
      } catch .interrupted {
        break
      } catch {
        try? await Task.sleep(for: Self.pause)
      }
    }
    return nil
  }

  private func listen() throws(SocketError) -> Socket {
    if let socket { return socket }
    do {
      let new = try loop.adopt(descriptor)
      socket = new
      return new
    } catch {
      throw .system(error)
    }
  }

  /// Gives the port up; who connects from now on is refused.
  func stop() {
    if isStopped { return }
    isStopped = true
    if let socket {
      socket.interrupt()
      socket.close()
    } else {
      Platform.close(descriptor)
    }
  }
}
