#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// `poll`, which every Unix has: the list of all descriptors goes to the kernel at every wait, so a
/// turn costs time in proportion to the open sockets.
///
/// `poll` reports a state for as long as it lasts, not its change: it is asked only for what somebody
/// waits for, and for the peer's leaving until that has been seen.
final class PollPoller: Poller {
  private let wakeUp: WakeUp
  private var list: [pollfd] = []
  /// The registration numbers belonging to `list`.
  private var registrations: [UInt32] = []

  init(wakeUp: WakeUp) {
    self.wakeUp = wakeUp
  }

  func add(_ socket: Socket) {}

  func remove(_ socket: Socket) {}

  func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
    list.removeAll(keepingCapacity: true)
    registrations.removeAll(keepingCapacity: true)
    append(wakeUp.readEnd, Int16(POLLIN), registration: 0)
    sockets.visit { socket in
      guard !socket.isBroken else { return }
      var interest: Int16 = socket.hasEnded ? 0 : Platform.pollEnded
      if socket.isWaitingToRead { interest |= Int16(POLLIN) }
      if socket.isWaitingToWrite { interest |= Int16(POLLOUT) }
      append(socket.descriptor, interest, registration: socket.registration)
    }

    let ready = poll(&list, nfds_t(list.count), milliseconds)
    guard ready > 0 else { return }
    if list[0].revents != 0 { wakeUp.drain() }
    for (entry, registration) in zip(list, registrations) where entry.revents != 0 {
      sockets.socket(entry.fd, registration: registration)?.notice(Readiness(entry.revents))
    }
  }

  private func append(_ descriptor: Int32, _ interest: Int16, registration: UInt32) {
    list.append(pollfd(fd: descriptor, events: interest, revents: 0))
    registrations.append(registration)
  }
}

extension Readiness {
  /// poll's bits as ours.
  fileprivate init(_ events: Int16) {
    var readiness: Readiness = []
    if events & Int16(POLLIN) != 0 { readiness.insert(.readable) }
    if events & Int16(POLLOUT) != 0 { readiness.insert(.writable) }
    if events & Platform.pollEnded != 0 { readiness.insert(.ended) }
    if events & Int16(POLLERR | POLLNVAL) != 0 { readiness.insert(.broken) }
    #if canImport(Glibc)
      if events & Int16(POLLHUP) != 0 { readiness.insert(.broken) }
    #endif
    self = readiness
  }
}
