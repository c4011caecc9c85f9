internal import Loop
internal import Platform
internal import Synchronization

/// Takes the connections of a listening socket, one after the other, and outlives the shortages in
/// which that is impossible.
final class Acceptor: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: `isPausing` is atomic, and everything else is touched only on
  // `loop`; `deinit` runs when no other reference is left.

  let loop: EventLoop
  private let descriptor: Int32
  private var socket: Socket?
  private(set) var isStopped = false
  private let isPausing = Atomic(false)

  init(_ descriptor: Int32, loop: EventLoop) {
    self.descriptor = descriptor
    self.loop = loop
  }

  deinit {
    guard socket == nil && !isStopped else { return }
    Listener.stop(descriptor)
    Platform.close(descriptor)
  }

  /// Waits for the next connection; the caller owns its descriptor. nil: it was stopped.
  ///
  /// When the process has no descriptor left, what connects waits in the system's queue. To try
  /// again at once, and again, would cost a core.
  ///
  /// - Parameter onShortage: told when that is so.
  func next(onShortage: (SystemError) async -> Void) async throws(SystemError) -> Int32? {
    while !isStopped {
      let socket = try listen()
      do {
        try await socket.readable()
        if let connection = try socket.accept() { return connection }
      } catch .interrupted {
        break
      } catch {
        if case .system(let error) = error { await onShortage(error) }
        await pause()
      }
    }
    return nil
  }

  /// Waits until a connection has closed, or for a second or two.
  ///
  /// Not by `Task.sleep`: that may need a descriptor, and ends the process if there is none.
  func pause() async {
    guard let socket else { return }
    isPausing.store(true, ordering: .relaxed)
    // Nothing can ever be written to a listening socket: the wait ends in one of the other ways.
    socket.awaitWritability()
    socket.expire(at: loop.time.uptime + 1)
    try? await socket.writable()
    socket.expire(at: .max)
    isPausing.store(false, ordering: .relaxed)
  }

  /// Says that a connection has closed, so that there may be room for another. From any task.
  @concurrent func noteClosedConnection() async {
    guard isPausing.load(ordering: .relaxed) else { return }
    await loop.run { socket?.notice(.writable) }
  }

  private func listen() throws(SystemError) -> Socket {
    if let socket { return socket }
    let new = try loop.adopt(descriptor)
    socket = new
    return new
  }

  /// Gives the port up; who connects from now on is refused.
  func stop() {
    if isStopped { return }
    isStopped = true
    Listener.stop(descriptor)
    if let socket {
      socket.close()
    } else {
      Platform.close(descriptor)
    }
  }
}
