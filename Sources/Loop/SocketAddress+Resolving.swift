internal import Platform

/// Why an address could not be listened on or connected to, in one line for people:
/// `127.0.0.1:8080: Address already in use`.
public struct AddressError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ host: String, _ port: UInt16, _ reason: String) {
    let name = host.contains(":") ? "[\(host)]" : host
    description = "\(name):\(port): \(reason)"
  }
}

extension SocketAddress {
  /// The addresses of a host, in the order in which they should be tried.
  ///
  /// Blocks for as long as the name service takes, unless `host` is an address in digits.
  ///
  /// - Parameters:
  ///   - host: a name, an address in digits, or nothing, which means every interface of this
  ///     machine.
  static func resolve(_ host: String, port: UInt16) throws(AddressError) -> [SocketAddress] {
    do throws(LookUpError) { return try lookUp(host, port: port) } catch {
      throw AddressError(host, port, error.reason)
    }
  }

  /// The address of a host that is given in digits; nil if a name service would have to be asked.
  static func parse(_ host: String, port: UInt16) -> SocketAddress? {
    try? lookUp(host, port: port, isNumeric: true).first
  }

  /// As ``resolve(_:port:)``, but a name service is asked by a thread of its own: it may take
  /// seconds.
  static func resolve(
    _ host: String, port: UInt16, on loop: EventLoop
  ) async throws(AddressError) -> [SocketAddress] {
    if let address = parse(host, port: port) { return [address] }
    let found: Swift.Result<[SocketAddress], AddressError> =
      await withUnsafeContinuation { continuation in
        Platform.startThread {
          continuation.resume(
            returning: Swift.Result { () throws(AddressError) in
              try resolve(host, port: port)
            })
        }
      }
    return try found.get()
  }
}
