internal import Bytes

/// The origins (RFC 6454) whose pages a browser may let use a server: etcd's `--cors`.
public struct AllowedOrigins: Sendable {
  /// No page but the server's own.
  public static let none = AllowedOrigins(isAny: false, list: [])
  /// Any page of any site.
  public static let any = AllowedOrigins(isAny: true, list: [])

  /// Whether every origin is allowed.
  public let isAny: Bool
  /// Each in lower case; empty if ``isAny``.
  private let list: [[UInt8]]

  /// Whether only the server's own pages are allowed.
  public var isNone: Bool { !isAny && list.isEmpty }

  /// A description of an origin that is none.
  public struct InvalidOrigin: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameter origins: `*` for all, or origins as browsers name them: `https://name:port`,
  ///   without a path. None: ``none``.
  public init(_ origins: [String]) throws(InvalidOrigin) {
    if origins == ["*"] {
      self = .any
      return
    }
    var list: [[UInt8]] = []
    for origin in origins {
      let bytes = origin.utf8.map(\.lowercased)
      guard Origin(bytes.span) != nil, !bytes.contains(UInt8(ascii: "*")) else {
        throw InvalidOrigin(
          description: "an origin must be * alone, or scheme://host:port, not \"\(origin)\"")
      }
      list.append(bytes)
    }
    self.init(isAny: false, list: list)
  }

  private init(isAny: Bool, list: [[UInt8]]) {
    self.isAny = isAny
    self.list = list
  }

  /// Whether pages of `origin`, the value of a request's Origin header, are allowed.
  public func contains(_ origin: ArraySlice<UInt8>) -> Bool {
    if isAny { return true }
    if list.isEmpty { return false }
    let lowercased = origin.map(\.lowercased)
    return list.contains(lowercased)
  }
}

/// An origin's parts: `https://name:8443`.
struct Origin: Equatable {
  /// The port where none is said: 80 or 443.
  let usualPort: Int
  let authority: Authority

  /// Nil if `text` is no origin of http or https: `null`, for one.
  init?(_ text: Span<UInt8>) {
    for (scheme, port) in [("http", 80), ("https", 443)] as [(StaticString, Int)] {
      let length = scheme.utf8CodeUnitCount
      guard text.count > length + 3, text.extracting(first: length).equals(ignoringCase: scheme),
        text.extracting(length..<length + 3).equals("://"),
        let authority = Authority(text.extracting(length + 3..<text.count), usually: port)
      else { continue }
      usualPort = port
      self.authority = authority
      return
    }
    return nil
  }
}

/// `name:port`, as in an origin and in a Host header.
struct Authority: Equatable {
  /// In lower case; an IPv6 address with its brackets.
  let name: [UInt8]
  let port: Int

  /// - Parameter port: the port where `text` has none.
  init?(_ text: Span<UInt8>, usually port: Int) {
    var end = text.count
    while end > 0, text[end - 1].decimalValue != nil { end -= 1 }
    let hasPort = end > 0 && end < text.count && text[end - 1] == UInt8(ascii: ":")
    let name = text.extracting(0..<(hasPort ? end - 1 : text.count))
    let digits = text.extracting((hasPort ? end : text.count)..<text.count)
    guard !name.isEmpty, name.isHost else { return nil }
    let isBracketed = name[0] == UInt8(ascii: "[") && name[name.count - 1] == UInt8(ascii: "]")
    guard isBracketed || name.firstIndex(of: UInt8(ascii: ":")) == nil else { return nil }
    guard let port = hasPort ? digits.decimalNumber : port, port < 65_536 else { return nil }
    self.name = Array(copying: name).map(\.lowercased)
    self.port = port
  }

  /// Whether it is an IP address: no name service can be made to give it another meaning.
  var isAddress: Bool {
    if name.first == UInt8(ascii: "[") { return true }
    let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.count) && part.allSatisfy { $0.decimalValue != nil }
      }
  }
}
