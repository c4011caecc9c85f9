#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Opening the descriptors that sockets are made of.
enum Listener {
  /// How many connections may wait to be accepted; the system may allow fewer.
  private static let backlog: Int32 = 4096

  /// A listening, non-blocking descriptor, and the port it has: the one asked for, or one the system
  /// chose if that was 0.
  ///
  /// A restarted server takes over its port at once (SO_REUSEADDR); one that another process listens on
  /// is an error (no SO_REUSEPORT).
  static func open(
    _ host: String, port: UInt16, keepAlive: KeepAlive = KeepAlive()
  ) throws(AddressError) -> (descriptor: Int32, port: UInt16) {
    let bound = try BoundPort(host, port: port)
    return (try bound.listen(keepAlive: keepAlive), bound.port)
  }

  /// Begins to listen on a descriptor that is bound; false and `errno` on failure.
  static func listen(_ descriptor: Int32, keepAlive: KeepAlive) -> Bool {
    keepAlive.apply(to: descriptor)
    #if canImport(Glibc)
      return Glibc.listen(descriptor, backlog) == 0
    #else
      return Darwin.listen(descriptor, backlog) == 0
    #endif
  }

  /// Gives the port up, also if other processes hold the descriptor.
  ///
  /// To close it does not suffice: a process that is just being started holds a copy of each descriptor,
  /// until its own program begins, and so long the port would be in use.
  static func stop(_ descriptor: Int32) {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// A non-blocking descriptor that is bound to a port and does not listen, and the port.
  static func bind(
    _ host: String, port: UInt16
  ) throws(AddressError) -> (descriptor: Int32, port: UInt16) {
    // One socket for every interface takes both families; a name that has both means IPv4, as with Go.
    let preferred = host.isEmpty ? AF_INET6 : AF_INET
    let addresses = try SocketAddress.resolve(host, port: port)
    var failure = SystemError("bind", code: EADDRNOTAVAIL)
    for address in addresses.filter({ $0.family == preferred })
      + addresses.filter({ $0.family != preferred })
    {
      let descriptor = Platform.socket(family: address.family)
      if descriptor >= 0 {
        set(SOL_SOCKET, SO_REUSEADDR, of: descriptor)
        // Accepted connections inherit it: an answer is one write and must not wait for another.
        set(Platform.tcp, TCP_NODELAY, of: descriptor)
        if bind(descriptor, to: address) { return (descriptor, localPort(of: descriptor)) }
      }
      failure = SystemError("bind")
      if descriptor >= 0 { Platform.close(descriptor) }
      // Only a family that this machine lacks is a reason to try the other.
      if failure.code == EADDRINUSE || failure.code == EACCES { break }
    }
    throw AddressError(host, port, failure.reason)
  }

  private static func bind(_ descriptor: Int32, to address: SocketAddress) -> Bool {
    address.withSockaddr {
      #if canImport(Glibc)
        Glibc.bind(descriptor, $0, $1)
      #else
        Darwin.bind(descriptor, $0, $1)
      #endif
    } == 0
  }

  /// Switches an option of a socket on.
  static func set(_ level: Int32, _ option: Int32, to value: Int32 = 1, of descriptor: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func localPort(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor, $0, &length)
      }
      // The port stands at the same place in both families' addresses.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        UInt16(bigEndian: $0.pointee.sin_port)
      }
    }
  }
}
