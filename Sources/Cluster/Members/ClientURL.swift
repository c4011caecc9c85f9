public import Bytes
public import Options

/// Where clients reach a node: `http://host:port`, or `https://host:port` of a proxy in front of
/// it.
///
/// As in etcd it has a port and no path.
public struct ClientURL: FlagValue, Hashable, Sendable {
  public let flagText: String
  public let address: HostPort

  public init(flagText text: String) throws(InvalidText) {
    let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
    guard let scheme, !text.dropFirst(scheme.count).contains("/"),
      let address = try? HostPort(flagText: String(text.dropFirst(scheme.count))),
      !address.host.isEmpty, address.port > 0
    else { throw InvalidText("must be http://host:port or https://host:port") }
    self.address = address
    flagText = text
  }

  public static var flagPlaceholder: String { "url" }
}

extension HostPort {
  /// Whether one who listens here is reached by every address of the machine.
  public var isEveryInterface: Bool { host.isEmpty || host == "0.0.0.0" || host == "::" }
}
