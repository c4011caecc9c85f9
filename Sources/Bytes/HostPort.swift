/// Where to listen or connect: `127.0.0.1:8080`, `localhost:80`, `[::1]:8080` or `:8081`.
public struct HostPort: Hashable, Sendable {
  /// A name, an IPv4 or an IPv6 address without brackets; empty for every interface.
  public var host: String
  /// 0 lets the system choose when listening.
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}

extension HostPort {
  /// Splits at the last colon, as Go's `net.SplitHostPort` does: an IPv6 address needs its
  /// brackets, since otherwise its last colon could be part of it. Ports are decimal.
  ///
  /// The same as a URL, `http://localhost:80/`, is accepted: etcd's flags are URLs.
  public init(text url: String) throws(InvalidText) {
    let text = try Self.withoutScheme(url)
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
      throw Self.malformed
    }
    let digits = text.utf8[colon...].dropFirst()
    guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
      throw Self.malformed
    }
    guard let port = UInt16(Substring(digits)) else {
      throw InvalidText("must have a port from 0 to 65535")
    }
    var host = text.utf8[..<colon]
    let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
    if isBracketed {
      host = host.dropFirst().dropLast()
    }
    guard host.contains(UInt8(ascii: ":")) == isBracketed else {
      throw InvalidText("must have an IPv6 address, and nothing else, in brackets: [::1]:8080")
    }
    guard host.allSatisfy(Self.isHostByte) else { throw Self.malformed }
    self.init(host: String(Substring(host)), port: port)
  }

  private static func withoutScheme(_ url: String) throws(InvalidText) -> Substring {
    let text = url.utf8
    if text.starts(with: "https://".utf8) {
      throw InvalidText("must be an http address: there is no TLS here, use a proxy for it")
    }
    guard text.starts(with: "http://".utf8) else { return url[...] }
    let rest = text.dropFirst("http://".utf8.count)
    return Substring(rest.last == UInt8(ascii: "/") ? rest.dropLast() : rest)
  }

  private static let malformed = InvalidText("must be host:port, such as 127.0.0.1:8080")

  /// What names and addresses are made of; `%` and `_` occur in zones and in container names.
  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"), 0x80...:
      true
    default: false
    }
  }
}

extension HostPort: CustomStringConvertible {
  public var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
