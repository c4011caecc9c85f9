internal import Platform

/// `poll`, which every Unix has: the list of all descriptors goes to the kernel at every wait, so a
/// turn costs time in proportion to the open sockets.
///
/// `poll` reports a state for as long as it lasts, not its change: it is asked only for what a
/// task waits for, and for the peer's leaving until that has been seen.
final class PollPoller: Poller {
  private let wakeUp: WakeUp
  private var list = PollList()
  /// The registration numbers belonging to `list`.
  private var registrations: [UInt32] = []

  init(wakeUp: WakeUp) {
    self.wakeUp = wakeUp
  }

  func add(_ socket: Socket) {}

  func remove(_ socket: Socket) {}

  func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
    list.removeAll()
    registrations.removeAll(keepingCapacity: true)
    append(wakeUp.readEnd, .readable, registration: 0)
    sockets.visit { socket in
      guard !socket.isBroken else { return }
      var interest: Readiness = socket.hasEnded ? [] : .ended
      if socket.isWaitingToRead { interest.insert(.readable) }
      if socket.isWaitingToWrite { interest.insert(.writable) }
      append(socket.descriptor, interest, registration: socket.registration)
    }

    list.wait(milliseconds: milliseconds) { place, descriptor, readiness in
      if place == 0 { return wakeUp.drain() }
      sockets.socket(descriptor, registration: registrations[place])?.notice(readiness)
    }
  }

  private func append(_ descriptor: Int32, _ interest: Readiness, registration: UInt32) {
    list.append(descriptor, interest)
    registrations.append(registration)
  }
}
