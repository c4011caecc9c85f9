internal import Platform

/// The kernel's own list of sockets (``EventQueue``): a socket is registered once and its changes
/// are reported once, so that a request costs no call beyond its read and its write.
final class QueuePoller: Poller {
  /// Events fetched by one call; more wait for the next. So few that, with many clients, the
  /// writes of one turn are on their way to the disk while the next turn's requests are read:
  /// with all in one turn, loop and disk would wait for each other by turns.
  private static let eventsAtOnce = 32

  private let queue: EventQueue
  private let wakeUp: WakeUp

  init(wakeUp: WakeUp) throws(SystemError) {
    self.wakeUp = wakeUp
    queue = try EventQueue(eventsAtOnce: Self.eventsAtOnce)
    try queue.add(wakeUp.readEnd, .readable, tag: Self.tag(wakeUp.readEnd, registration: 0))
  }

  func add(_ socket: Socket) throws(SystemError) {
    try queue.add(
      socket.descriptor, [.readable, .writable, .ended],
      tag: Self.tag(socket.descriptor, registration: socket.registration))
  }

  func remove(_ socket: Socket) {
    // Closing would do it too, unless a child process had inherited the descriptor.
    queue.remove(socket.descriptor)
  }

  func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
    // A signal ends the wait early: the loop turns and comes back.
    queue.wait(milliseconds: milliseconds) { tag, readiness in
      let descriptor = Int32(truncatingIfNeeded: tag)
      if wakeUp.canFill, descriptor == wakeUp.readEnd { return wakeUp.drain() }
      sockets.socket(descriptor, registration: UInt32(tag >> 32))?.notice(readiness)
    }
  }

  private static func tag(_ descriptor: Int32, registration: UInt32) -> UInt64 {
    UInt64(registration) << 32 | UInt64(UInt32(bitPattern: descriptor))
  }
}
