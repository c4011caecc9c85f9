internal import Bytes

/// The servers among which a page may move: those that serve it too.
///
/// Their addresses come from the members themselves and end in a header, so one with a character
/// that no address needs is left out.
struct PageOrigins {
  private let urls: [String]

  init(_ urls: [String]) {
    self.urls = urls.filter { url in
      url.utf8.count <= 300 && (url.hasPrefix("http://") || url.hasPrefix("https://"))
        && url.utf8.allSatisfy { $0.isOfAddress }
    }
  }

  /// A file's Content-Security-Policy.
  ///
  /// - Parameter isPage: no other page may show the page itself in a frame. Its files may be shown
  ///   by the page: a frame that is loaded later may connect to those who are members by then.
  func policy(isPage: Bool) -> String {
    "default-src 'self'; connect-src \((["'self'"] + urls).joined(separator: " ")); "
      + "base-uri 'none'; form-action 'self'; frame-ancestors \(isPage ? "'none'" : "'self'")"
  }

  /// Whether a page of `origin` may read what this server tells the page.
  ///
  /// A member on this machine is the same under each name of the machine itself.
  func allow(_ origin: ArraySlice<UInt8>) -> Bool {
    let asked = String(decoding: origin, as: UTF8.self).lowercased()
    return urls.contains { url in
      let url = url.lowercased()
      return url == asked || url.loopbackPort.map { $0 == asked.loopbackPort } ?? false
    }
  }
}

extension String {
  /// The port of an `http` address of the machine itself; nil for any other.
  fileprivate var loopbackPort: Substring? {
    for host in ["localhost", "127.0.0.1", "[::1]"] {
      let prefix = "http://\(host):"
      if hasPrefix(prefix) { return dropFirst(prefix.count) }
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isOfAddress: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: false
    }
  }
}
