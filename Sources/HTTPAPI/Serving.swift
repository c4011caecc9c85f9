public import HTTP
public import Options

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Server {
  /// A server for a program: it listens where the flag says, and says so on standard output. If it
  /// cannot, the program ends with one line.
  public static func listening(
    on address: HostPort, as program: String, loops: [EventLoop]? = nil, _ handler: any Handler
  ) -> Server {
    do {
      let server = try Server(
        host: address.host, port: address.port, loops: loops ?? EventLoop.startOnePerCore(),
        handler: handler, log: { logLine($0) })
      let host = address.host.isEmpty ? "0.0.0.0" : address.host
      print(
        "\(program) listens on http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)")
      // Written at once also when it goes to a file or a pipe: somebody may wait for this line.
      fflush(nil)
      return server
    } catch {
      exitWithLine("\(program): \(error)")
    }
  }
}

extension EventLoop {
  /// As many loops as there are cores to run them.
  public static func startOnePerCore() throws -> [EventLoop] {
    try (0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in try EventLoop.start() }
  }
}

/// Ends the program with one line on standard error and a status that says that it failed.
public func exitWithLine(_ line: String) -> Never {
  logLine(line)
  exit(1)
}

/// Writes a line to standard error.
public func logLine(_ line: String) {
  var standardError = StandardError()
  print(line, to: &standardError)
}
