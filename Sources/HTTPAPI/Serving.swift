public import Bytes
public import HTTP
public import Loop
internal import Options
internal import Platform

extension Server {
  /// A server for a program: it listens where the flag says, and prints its address on standard
  /// output. Pages of other sites cannot change anything through it (``CrossSiteGuard``).
  ///
  /// - Parameters:
  ///   - port: a port that the program has already taken; nil to take the address's port now.
  ///   - loops: the loops that serve connections; by default one per core.
  ///   - priority: which requests have places reserved for them.
  ///   - names: host names by which clients reach it, beside the one it listens on.
  ///   - origins: other sites whose pages may change something.
  ///   - otherProtocol: makes what answers a client of a later version of HTTP.
  public static func listening(
    on address: HostPort, _ port: BoundPort? = nil, as program: String, loops: [EventLoop]? = nil,
    priority: (@Sendable (Request) -> Bool)? = nil, names: [String] = [],
    allowing origins: AllowedOrigins = .none,
    otherProtocol: (@Sendable () -> any OtherProtocol)? = nil, _ handler: any Handler
  ) throws -> Server {
    let server = try Server(
      on: port ?? BoundPort(address), loops: loops ?? EventLoop.startOnePerCore(),
      handler: CrossSiteGuard(handler, servedAs: [address.host] + names, allowing: origins),
      log: logLine, priority: priority, otherProtocol: otherProtocol)
    let host = address.host.isEmpty ? "0.0.0.0" : address.host
    LogStream.standardOutput.write(
      "\(program) listens on http://\(HostPort(host: host, port: server.port))")
    return server
  }
}

extension BoundPort {
  /// Takes the port that a flag names.
  public convenience init(_ address: HostPort) throws(AddressError) {
    try self.init(address.host, port: address.port)
  }
}

extension EventLoop {
  /// As many loops as there are cores to run them.
  public static func startOnePerCore() throws -> [EventLoop] {
    try (0..<Platform.coreCount).map { _ in try EventLoop.start() }
  }
}

/// Writes a line to standard error, unless that would have to wait for whatever reads it: see
/// ``LogStream``.
@Sendable public func logLine(_ line: LogLine) {
  LogStream.standardError.write(line)
}
