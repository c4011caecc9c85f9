internal import Platform

/// `poll`, which every Unix has: the list of all descriptors goes to the kernel at every wait, so a
/// turn costs time in proportion to the open sockets.
///
/// `poll` reports a state for as long as it lasts, not its change: it is asked only for what a
/// task waits for, and for the peer's leaving until that has been seen. By rules that tell of a
/// broken connection only those that ask, the poller looks for itself.
final class PollPoller: Poller {
  /// How long a break goes unseen, in milliseconds, where it is not told.
  private static let breakSeenWithin: Int32 = 100

  private let wakeUp: WakeUp
  private let rules: PollRules
  private var list: PollList
  /// The registration numbers belonging to `list`.
  private var registrations: [UInt32] = []

  init(wakeUp: WakeUp, rules: PollRules = .system) {
    self.wakeUp = wakeUp
    self.rules = rules
    list = PollList(rules: rules)
  }

  func add(_ socket: Socket) {}

  func remove(_ socket: Socket) {}

  func wait(for sockets: borrowing SocketTable, milliseconds: Int32) {
    list.removeAll()
    registrations.removeAll(keepingCapacity: true)
    append(wakeUp.readEnd, .readable, registration: 0)
    var mustLook = false
    sockets.visit { socket in
      guard !socket.isBroken else { return }
      var interest: Readiness = socket.hasEnded ? [] : .ended
      if socket.isWaitingToRead { interest.insert(.readable) }
      append(socket.descriptor, interest, registration: socket.registration)
      if socket.isWaitingToWrite {
        append(socket.descriptor, .writable, registration: socket.registration)
      } else if socket.hasEnded, !rules.tellBreaksUnasked {
        mustLook = true
      }
    }

    let limit =
      mustLook && !(0...Self.breakSeenWithin).contains(milliseconds)
      ? Self.breakSeenWithin : milliseconds
    list.wait(milliseconds: limit) { place, descriptor, readiness in
      if place == 0 { return wakeUp.drain() }
      sockets.socket(descriptor, registration: registrations[place])?.notice(readiness)
    }
    if !rules.tellBreaksUnasked { lookForBreaks(sockets) }
  }

  /// Tells the sockets whose peer has ended its side and then gone: `poll` reports that only when
  /// asked whether the socket can be written to.
  private func lookForBreaks(_ sockets: borrowing SocketTable) {
    list.removeAll()
    registrations.removeAll(keepingCapacity: true)
    sockets.visit { socket in
      if socket.hasEnded, !socket.isBroken {
        append(socket.descriptor, .writable, registration: socket.registration)
      }
    }
    if registrations.isEmpty { return }
    list.wait(milliseconds: 0) { place, descriptor, readiness in
      if readiness.contains(.broken) {
        sockets.socket(descriptor, registration: registrations[place])?.notice(.broken)
      }
    }
  }

  private func append(_ descriptor: Int32, _ interest: Readiness, registration: UInt32) {
    list.append(descriptor, interest)
    registrations.append(registration)
  }
}
