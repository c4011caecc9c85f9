internal import Platform

/// How a loop waits.
package enum Waiting: CaseIterable, Sendable {
  /// By epoll on Linux, by kqueue on macOS.
  case queue
  /// By `poll`, which every Unix has.
  case poll
  /// By `poll` as macOS's kernel answers it.
  case pollByXNUsRules
}

/// Waits for many descriptors at once: see ``Waiting``.
///
/// A poller reports a change at least once, after it has happened; it may report it again. It
/// belongs to its loop's thread.
protocol Poller: AnyObject {
  /// Begins to report about a socket.
  func add(_ socket: Socket) throws(SystemError)

  /// Reports nothing more about a socket. Call before its descriptor is closed.
  func remove(_ socket: Socket)

  /// Waits until something happens or the wake-up is signalled, at most `milliseconds` (-1: without
  /// limit), and tells the sockets concerned (``Socket/notice(_:)``).
  func wait(for sockets: borrowing SocketTable, milliseconds: Int32)
}

/// A loop's open sockets, by descriptor.
///
/// The system gives a closed descriptor's number to the next socket at once, so that an event read
/// earlier in the same turn may be about the socket before. Each registration therefore has a
/// number of its own, which an event must carry too.
struct SocketTable: ~Copyable {
  private var sockets: [Socket?] = []
  private(set) var count = 0

  /// The socket that had this descriptor when the event was asked for; nil once it is closed.
  func socket(_ descriptor: Int32, registration: UInt32) -> Socket? {
    guard descriptor >= 0, descriptor < sockets.count,
      let socket = sockets[Int(descriptor)], socket.registration == registration
    else { return nil }
    return socket
  }

  mutating func insert(_ socket: Socket) {
    let place = Int(socket.descriptor)
    while sockets.count <= place { sockets.append(nil) }
    assert(sockets[place] == nil, "a descriptor was closed behind the loop's back")
    sockets[place] = socket
    count += 1
  }

  mutating func remove(_ socket: Socket) {
    guard self.socket(socket.descriptor, registration: socket.registration) === socket else {
      return
    }
    sockets[Int(socket.descriptor)] = nil
    count -= 1
  }

  /// Calls `body` with every open socket. `body` must not open or close one.
  func visit(_ body: (Socket) -> Void) {
    for case .some(let socket) in sockets { body(socket) }
  }
}
