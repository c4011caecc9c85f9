#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

// TCP sockets. Those made here do not wait, and end with a program that this process starts.

/// Binds a socket to an address, and to a port that the system chooses if the address has port 0.
package func bind(_ socket: Int32, to address: SocketAddress) throws(SystemError) {
  try checked("bind") { address.withSockaddr { bind(socket, $0, $1) } }
}

/// Begins to listen.
/// - Parameter backlog: how many connections may wait to be accepted; the system may allow fewer.
package func listen(on socket: Int32, backlog: Int32) throws(SystemError) {
  try checked("listen") { listen(socket, backlog) }
}

/// Begins to connect. That goes on after the return: the socket can be written to when it is done,
/// and ``pendingError(of:)`` tells how it went.
package func connect(_ socket: Int32, to address: SocketAddress) throws(SystemError) {
  // Interrupted, it goes on by itself, as it does when it would block.
  if address.withSockaddr({ connect(socket, $0, $1) }) < 0
    && errno != EINPROGRESS && errno != EINTR
  {
    throw SystemError("connect")
  }
}

/// What went wrong while nothing was asked of a socket: a code, 0 for nothing. It is told once.
package func pendingError(of socket: Int32) -> Int32 {
  var code: Int32 = 0
  var length = socklen_t(MemoryLayout<Int32>.size)
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length)
  return code
}

/// Whether a socket is connected: not yet, or no longer, once the connection was refused or reset,
/// or both sides have shut it down.
package func hasPeer(_ socket: Int32) -> Bool {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  return withUnsafeMutablePointer(to: &storage) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      getpeername(socket, $0, &length) == 0
    }
  }
}

/// Two sockets of this machine, connected with each other; for tests. They do not wait.
package func openSocketPair() throws(SystemError) -> (Int32, Int32) {
  var ends: [Int32] = [-1, -1]
  try checked("socketpair") { socketpair(AF_UNIX, streamSocket, 0, &ends) }
  for end in ends { adopt(end) }
  return (ends[0], ends[1])
}

/// The port that a socket is bound to.
package func localPort(of socket: Int32) -> UInt16 {
  var storage = sockaddr_storage()
  var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
  return withUnsafeMutablePointer(to: &storage) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      _ = getsockname(socket, $0, &length)
    }
    // The port stands at the same place in both families' addresses.
    return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
      UInt16(bigEndian: $0.pointee.sin_port)
    }
  }
}

/// Receives what is there.
/// - Returns: the number of bytes, 0 at the end of the stream, nil when there is nothing yet.
package func receive(
  from socket: Int32, into buffer: UnsafeMutableRawBufferPointer
) throws(SystemError) -> Int? {
  try attempted("recv") { recv(socket, buffer.baseAddress, buffer.count, 0) }
}

/// Sends what fits into the send buffer; never waits, whatever the socket does.
/// - Returns: the number of bytes taken, nil when there is no room now.
package func send(
  _ bytes: UnsafeRawBufferPointer, through socket: Int32
) throws(SystemError) -> Int? {
  try attempted("send") {
    send(socket, bytes.baseAddress, bytes.count, sendFlags | Int32(MSG_DONTWAIT))
  }
}

/// Tells the peer that nothing more will come; it can still be read from.
package func endSending(_ socket: Int32) {
  shutdown(socket, Int32(SHUT_WR))
}

/// Ends a connection both ways, or gives up a port that is listened on, for all copies of the
/// descriptor.
package func shutDown(_ socket: Int32) {
  shutdown(socket, Int32(SHUT_RDWR))
}

/// Lets a socket take over a port whose last connections are still being given up.
package func allowReuse(of socket: Int32) {
  set(SOL_SOCKET, SO_REUSEADDR, of: socket)
}

/// Sends each write at once, without waiting for more. What a listening socket has, its connections
/// inherit.
package func sendAtOnce(through socket: Int32) {
  set(tcp, TCP_NODELAY, of: socket)
}

/// Sets an option of a socket, or switches it on.
func set(_ level: Int32, _ option: Int32, to value: Int32 = 1, of socket: Int32) {
  var value = value
  setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}
