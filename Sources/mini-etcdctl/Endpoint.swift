internal import Bytes
internal import Options

/// A server to ask: `127.0.0.1:8080`, with or without `http://` before it.
struct Endpoint: FlagValue, Hashable, CustomStringConvertible {
  let address: HostPort

  init(flagText text: String) throws(InvalidText) {
    address = try HostPort(flagText: text)
  }

  init(_ address: HostPort) { self.address = address }

  var flagText: String { address.flagText }
  var description: String { "http://\(address)" }
  static var flagPlaceholder: String { HostPort.flagPlaceholder }

  /// What to ask when no server is named: where a mini-etcd is after the first lines of its README,
  /// alone or as a cluster.
  static var unnamed: [Endpoint] {
    (8080...8083).map { Endpoint(HostPort(host: "127.0.0.1", port: $0)) }
  }
}
