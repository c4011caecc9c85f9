internal import Bytes
internal import Options
internal import Platform

/// One of the servers compared.
struct Target: Sendable {
  /// `a` or `b`.
  let name: String
  let endpoint: ServerURL
  let api: API
  /// If this program starts it.
  let server: StartedServer?
  private let givenProcess: Int?

  /// - Parameter process: its process id, if it runs already and the id is known.
  init(
    name: String, endpoint: ServerURL, api: API, process: Int? = nil, server: StartedServer? = nil
  ) {
    self.name = name
    self.endpoint = endpoint
    self.api = api
    self.server = server
    givenProcess = process
  }

  /// The server's process id, which a restart changes.
  var process: Int? { server?.process ?? givenProcess }

  /// The processor time of the server since its start; nil if it is not known.
  var processorSeconds: Double? {
    process.flatMap { Platform.processorSeconds(of: Int32(clamping: $0)) }
  }

  /// The server's memory; nil if it is not known.
  var memory: ProcessMemory? { process.flatMap(ProcessMemory.init(process:)) }
}

/// Where a server listens; may be written as a URL.
struct ServerURL: FlagValue, Equatable {
  var address: HostPort

  init(address: HostPort) { self.address = address }

  init(flagText text: String) throws(InvalidText) {
    address = try HostPort(flagText: text)
    if address.host.isEmpty { throw InvalidText("must have a host, as in http://127.0.0.1:8080") }
  }
  var flagText: String { "http://\(address)" }
  static var flagPlaceholder: String { "url" }
}
