#if os(Linux)
  internal import CSystem
  #if canImport(Musl)
    internal import Musl
  #else
    internal import Glibc
  #endif

  // EventQueue+Darwin.swift has the same members.

  /// A list of descriptors that the kernel keeps, so that a wait need not hand it over. A change is
  /// reported once.
  ///
  /// Linux: epoll(7), edge-triggered. macOS: kqueue(2) with EV_CLEAR.
  package final class EventQueue {
    private let descriptor: Int32
    private let events: UnsafeMutableBufferPointer<epoll_event>

    /// - Parameter eventsAtOnce: how many reports one wait fetches; more wait for the next.
    package init(eventsAtOnce: Int) throws(SystemError) {
      descriptor = try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
      events = .allocate(capacity: eventsAtOnce)
    }

    deinit {
      Platform.close(descriptor)
      events.deallocate()
    }

    /// Begins to report about a descriptor.
    /// - Parameter tag: what its reports carry.
    package func add(
      _ watched: Int32, _ interest: Readiness, tag: UInt64
    ) throws(SystemError) {
      var event = epoll_event()
      event.events = interest.epollEvents | 1 << 31
      event.data.u64 = tag
      try checked("epoll_ctl") { epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) }
    }

    /// Reports nothing more about a descriptor, if it did.
    package func remove(_ watched: Int32) {
      var event = epoll_event()
      _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &event)
    }

    /// Waits for reports, at most `milliseconds` (-1: without limit), or a signal, and calls `body`
    /// with each and its tag.
    package func wait(milliseconds: Int32, _ body: (_ tag: UInt64, Readiness) -> Void) {
      // Later versions of glibc take no nil here.
      guard let base = events.baseAddress else { return }
      let count = epoll_wait(descriptor, base, Int32(events.count), milliseconds)
      for place in 0..<Int(max(count, 0)) {
        body(events[place].data.u64, Readiness(events[place].events))
      }
    }
  }

  extension Readiness {
    fileprivate var epollEvents: UInt32 {
      var events: UInt32 = 0
      if contains(.readable) { events |= bits(EPOLLIN) }
      if contains(.writable) { events |= bits(EPOLLOUT) }
      if contains(.ended) { events |= bits(EPOLLRDHUP) }
      return events
    }

    /// epoll's bits as ours.
    fileprivate init(_ events: UInt32) {
      var found: UInt8 = 0
      if events & bits(EPOLLIN) != 0 { found |= Readiness.readable.rawValue }
      if events & bits(EPOLLOUT) != 0 { found |= Readiness.writable.rawValue }
      if events & bits(EPOLLRDHUP) != 0 { found |= Readiness.ended.rawValue }
      if events & (bits(EPOLLHUP) | bits(EPOLLERR)) != 0 { found |= Readiness.broken.rawValue }
      self.init(rawValue: found)
    }
  }
#endif
