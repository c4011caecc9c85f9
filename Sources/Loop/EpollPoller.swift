#if os(Linux)
  internal import Platform

  /// Edge-triggered `epoll`: a socket is registered once and its changes are reported once, so that
  /// a request costs no call beyond its read and its write.
  final class EpollPoller: Poller {
    /// Events fetched by one call; more wait for the next. So few that, with many clients, the
    /// writes of one turn are on their way to the disk while the next turn's requests are read:
    /// with all in one turn, loop and disk would wait for each other by turns.
    private static let eventsAtOnce = 32

    private let epoll: Epoll

    init(wakeUp: WakeUp) throws(SystemError) {
      epoll = try Epoll(eventsAtOnce: Self.eventsAtOnce)
      try epoll.add(wakeUp.readEnd, .readable, tag: Self.tag(wakeUp.readEnd, registration: 0))
    }

    func add(_ socket: Socket) throws(SystemError) {
      try epoll.add(
        socket.descriptor, [.readable, .writable, .ended],
        tag: Self.tag(socket.descriptor, registration: socket.registration))
    }

    func remove(_ socket: Socket) {
      // Closing would do it too, unless a child process had inherited the descriptor.
      epoll.remove(socket.descriptor)
    }

    func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
      // A signal ends the wait early: the loop turns and comes back.
      epoll.wait(milliseconds: milliseconds) { tag, readiness in
        let descriptor = Int32(truncatingIfNeeded: tag)
        sockets.socket(descriptor, registration: UInt32(tag >> 32))?.notice(readiness)
      }
    }

    private static func tag(_ descriptor: Int32, registration: UInt32) -> UInt64 {
      UInt64(registration) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }
  }
#endif
