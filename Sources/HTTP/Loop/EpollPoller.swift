#if canImport(Glibc)
  internal import CSystem
  internal import Glibc

  /// Edge-triggered `epoll`: a socket is registered once and its changes are reported once, so that
  /// a request costs no call beyond its read and its write.
  final class EpollPoller: Poller {
    /// Events fetched by one call; more wait for the next. So few that, with many clients, the writes of
    /// one turn are on their way to the disk while the next turn's requests are read: with all in one
    /// turn, loop and disk would wait for each other by turns.
    private static let eventsAtOnce = 32
    private static let edgeTriggered: UInt32 = 1 << 31

    private let epoll: Int32
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: eventsAtOnce)

    init(wakeUp: WakeUp) throws(SystemError) {
      epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
      if epoll < 0 { throw SystemError("epoll_create1") }
      try control(
        EPOLL_CTL_ADD, wakeUp.readEnd, EPOLLIN.rawValue | Self.edgeTriggered, registration: 0)
    }

    deinit {
      close(epoll)
      events.deallocate()
    }

    func add(_ socket: Socket) throws(SystemError) {
      try control(
        EPOLL_CTL_ADD, socket.descriptor,
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | Self.edgeTriggered,
        registration: socket.registration)
    }

    func remove(_ socket: Socket) {
      // Closing would do it too, unless a child process had inherited the descriptor.
      try? control(EPOLL_CTL_DEL, socket.descriptor, 0, registration: 0)
    }

    func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
      let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), milliseconds)
      // A signal ends the wait early: the loop turns and comes back.
      guard count > 0 else { return }
      for event in events[..<Int(count)] {
        let descriptor = Int32(truncatingIfNeeded: event.data.u64)
        let registration = UInt32(event.data.u64 >> 32)
        sockets.socket(descriptor, registration: registration)?.notice(Readiness(event.events))
      }
    }

    private func control(
      _ operation: Int32, _ descriptor: Int32, _ interest: UInt32, registration: UInt32
    ) throws(SystemError) {
      var event = epoll_event()
      event.events = interest
      event.data.u64 = UInt64(registration) << 32 | UInt64(UInt32(bitPattern: descriptor))
      if epoll_ctl(epoll, operation, descriptor, &event) < 0 { throw SystemError("epoll_ctl") }
    }
  }

  extension Readiness {
    /// epoll's bits as ours.
    fileprivate init(_ events: UInt32) {
      var readiness: Readiness = []
      if events & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
      if events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
      if events & EPOLLRDHUP.rawValue != 0 { readiness.insert(.ended) }
      if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { readiness.insert(.broken) }
      self = readiness
    }
  }
#endif
