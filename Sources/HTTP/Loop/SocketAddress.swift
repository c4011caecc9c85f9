#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Why an address could not be listened on or connected to, in one line for people:
/// `127.0.0.1:8080: Address already in use`.
public struct AddressError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ host: String, _ port: UInt16, _ reason: String) {
    let name = host.contains(":") ? "[\(host)]" : host
    description = "\(name):\(port): \(reason)"
  }

}

/// An IP address and a port, as the system's calls take it (`struct sockaddr`).
struct SocketAddress: Equatable, Sendable {
  private let bytes: [UInt8]
  /// `AF_INET` or `AF_INET6`.
  let family: Int32

  /// The addresses of a host, in the order in which they should be tried.
  ///
  /// Blocks for as long as the name service takes, unless `host` is an address in digits.
  ///
  /// - Parameters:
  ///   - host: a name, an address in digits, or nothing, which means every interface of this machine.
  static func resolve(_ host: String, port: UInt16) throws(AddressError) -> [SocketAddress] {
    try lookUp(host, port: port, flags: host.isEmpty ? AI_PASSIVE : 0)
  }

  /// The address of a host that is given in digits; nil if a name service would have to be asked.
  static func parse(_ host: String, port: UInt16) -> SocketAddress? {
    try? lookUp(host, port: port, flags: AI_NUMERICHOST).first
  }

  private static func lookUp(
    _ host: String, port: UInt16, flags: Int32
  ) throws(AddressError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Platform.streamSocket
    hints.ai_flags = flags | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
    guard failure == 0 else {
      throw AddressError(host, port, String(cString: gai_strerror(failure)))
    }
    defer { freeaddrinfo(list) }

    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      if let address = entry.ai_addr {
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
        addresses.append(SocketAddress(bytes: Array(bytes), family: entry.ai_family))
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
