#if canImport(Darwin)
  internal import Darwin

  // EventQueue+Linux.swift has the same members, and says what they are for.

  /// A list of descriptors that the kernel keeps: kqueue(2), with EV_CLEAR.
  package final class EventQueue {
    private let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<kevent>

    package init(eventsAtOnce: Int) throws(SystemError) {
      descriptor = try checked("kqueue") { kqueue() }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      events = .allocate(capacity: eventsAtOnce)
    }

    deinit {
      Platform.close(descriptor)
      events.deallocate()
    }

    package func add(
      _ watched: Int32, _ interest: Readiness, tag: UInt64
    ) throws(SystemError) {
      if !interest.isDisjoint(with: [.readable, .ended]) {
        try change(watched, EVFILT_READ, EV_ADD | EV_CLEAR, tag: tag)
      }
      if interest.contains(.writable) {
        try change(watched, EVFILT_WRITE, EV_ADD | EV_CLEAR, tag: tag)
      }
    }

    package func remove(_ watched: Int32) {
      for filter in [EVFILT_READ, EVFILT_WRITE] {
        try? change(watched, filter, EV_DELETE, tag: 0)
      }
    }

    package func wait(milliseconds: Int32, _ body: (_ tag: UInt64, Readiness) -> Void) {
      var limit = timespec(
        tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
      let count = withUnsafePointer(to: &limit) { limit in
        kevent(
          descriptor, nil, 0, events.baseAddress, Int32(events.count),
          milliseconds < 0 ? nil : limit)
      }
      for place in 0..<Int(max(count, 0)) {
        let event = events[place]
        body(UInt64(UInt(bitPattern: event.udata)), Self.readiness(event))
      }
    }

    private func change(
      _ watched: Int32, _ filter: Int32, _ flags: Int32, tag: UInt64
    ) throws(SystemError) {
      var change = kevent(
        ident: UInt(watched), filter: Int16(filter), flags: UInt16(flags), fflags: 0, data: 0,
        udata: UnsafeMutableRawPointer(bitPattern: UInt(tag)))
      try checked("kevent") { kevent(descriptor, &change, 1, nil, 0, nil) }
    }

    /// kqueue's words as ours.
    private static func readiness(_ event: kevent) -> Readiness {
      let hasEnded = Int32(event.flags) & EV_EOF != 0
      if Int32(event.filter) == EVFILT_READ { return hasEnded ? [.readable, .ended] : .readable }
      // The end of writing is told when this side has shut it down, too: then the peer is there.
      let isBroken = hasEnded && (event.fflags != 0 || !hasPeer(Int32(event.ident)))
      return isBroken ? [.writable, .broken] : .writable
    }
  }
#endif
