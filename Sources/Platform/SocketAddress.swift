#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Why a name could not be made an address, in the name service's words.
package struct LookUpError: Error {
  package let reason: String
}

/// An IP address and a port, as the system's calls take it (`struct sockaddr`).
package struct SocketAddress: Equatable, Sendable {
  /// A kind of address: IPv4, IPv6.
  package struct Family: Equatable, Sendable {
    let number: Int32
    package static let ipv4 = Family(number: AF_INET)
    package static let ipv6 = Family(number: AF_INET6)
  }

  private let bytes: [UInt8]
  package let family: Family

  /// The addresses of a host, in the order in which they should be tried.
  ///
  /// Blocks for as long as the name service takes, unless `host` is an address in digits.
  ///
  /// - Parameters:
  ///   - host: a name, an address in digits, or nothing, which means every interface of this
  ///     machine.
  ///   - isNumeric: fails where a name service would have to be asked.
  package static func lookUp(
    _ host: String, port: UInt16, isNumeric: Bool = false
  ) throws(LookUpError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = streamSocket
    hints.ai_flags =
      AI_NUMERICSERV | (isNumeric ? AI_NUMERICHOST : host.isEmpty ? AI_PASSIVE : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
    guard failure == 0 else { throw LookUpError(reason: String(cString: gai_strerror(failure))) }
    defer { freeaddrinfo(list) }

    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      if let address = entry.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
        let family = Family(number: entry.ai_family)
        addresses.append(SocketAddress(bytes: Array(bytes), family: family))
      }
      next = entry.ai_next
    }
    return addresses
  }

  /// Calls `body` with the address in the system's form.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var storage = sockaddr_storage()
    return withUnsafeMutablePointer(to: &storage) { pointer in
      UnsafeMutableRawBufferPointer(start: pointer, count: bytes.count).copyBytes(from: bytes)
      return pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(bytes.count))
      }
    }
  }
}
