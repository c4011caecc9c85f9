internal import Platform

/// Opening the descriptors that sockets are made of.
package enum Listener {
  /// How many connections may wait to be accepted; the system may allow fewer.
  private static let backlog: Int32 = 4096

  /// A listening, non-blocking descriptor, and the port it has: the one asked for, or one the
  /// system chose if that was 0.
  ///
  /// A restarted server takes over its port at once (SO_REUSEADDR); one that another process
  /// listens on is an error (no SO_REUSEPORT).
  package static func open(
    _ host: String, port: UInt16, keepAlive: KeepAlive = KeepAlive()
  ) throws(AddressError) -> (descriptor: Int32, port: UInt16) {
    let bound = try BoundPort(host, port: port)
    return (try bound.listen(keepAlive: keepAlive), bound.port)
  }

  /// Begins to listen on a descriptor that is bound.
  static func listen(_ descriptor: Int32, keepAlive: KeepAlive) throws(SystemError) {
    keepAlive.apply(to: descriptor)
    try Platform.listen(on: descriptor, backlog: backlog)
  }

  /// Gives the port up, also if other processes hold the descriptor.
  ///
  /// Closing is not enough: a child process holds a copy of each descriptor between fork and exec,
  /// and until then the port would be in use.
  package static func stop(_ descriptor: Int32) {
    Platform.shutDown(descriptor)
  }

  /// A non-blocking descriptor that is bound to a port and does not listen, and the port.
  static func bind(
    _ host: String, port: UInt16
  ) throws(AddressError) -> (descriptor: Int32, port: UInt16) {
    // One socket for every interface takes both families; a name that has both means IPv4, as with
    // Go.
    let preferred: SocketAddress.Family = host.isEmpty ? .ipv6 : .ipv4
    let addresses = try SocketAddress.resolve(host, port: port)
    var failure = SystemError.noAddress
    for address in addresses.filter({ $0.family == preferred })
      + addresses.filter({ $0.family != preferred })
    {
      do throws(SystemError) {
        let descriptor = try bind(to: address)
        return (descriptor, Platform.localPort(of: descriptor))
      } catch { failure = error }
      // Only a family that this machine lacks is a reason to try the other.
      if failure.isPortRefused { break }
    }
    throw AddressError(host, port, failure.reason)
  }

  private static func bind(to address: SocketAddress) throws(SystemError) -> Int32 {
    let descriptor = try Platform.openSocket(address.family)
    Platform.allowReuse(of: descriptor)
    // Accepted connections inherit it: an answer is one write and must not wait for another.
    Platform.sendAtOnce(through: descriptor)
    do throws(SystemError) { try Platform.bind(descriptor, to: address) } catch {
      Platform.close(descriptor)
      throw error
    }
    return descriptor
  }
}
