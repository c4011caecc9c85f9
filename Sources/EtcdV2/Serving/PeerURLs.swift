internal import Bytes
internal import HTTP
internal import JSON

/// The body of a request to add or update a member: `{"peerURLs":["http://10.0.0.1:2380"]}`.
struct PeerURLs {
  /// In byte order.
  let urls: [String]

  /// - Throws: 415 if it is not declared as JSON; 400 if it is not JSON, or if a URL has no address
  ///   or needs TLS, which members of this cluster do not speak.
  init(_ request: Request) throws(MemberError) {
    let type = Self.mediaType(request.header("content-type") ?? [])
    guard type == "application/json" else {
      throw MemberError(
        .unsupportedMediaType, "Bad Content-Type \(type), accept application/json")
    }
    let document: JSONDocument
    do { document = try JSONDocument(request.body) } catch {
      throw MemberError(.badRequest, "\(error)")
    }
    var urls: [String] = []
    if let list = document.root["peerURLs"] {
      for element in list.elements {
        guard let url = element.string else {
          throw MemberError(.badRequest, "a peer URL is not a string")
        }
        urls.append(try Self.checked(url))
      }
    }
    if urls.isEmpty { throw MemberError(.badRequest, "no valid URLs given") }
    self.urls = urls.sorted()
  }

  /// The type without its parameters. As in etcd it may be written in any case only if it has some.
  private static func mediaType(_ contentType: ArraySlice<UInt8>) -> String {
    let text = String(decoding: contentType, as: UTF8.self)
    guard let end = text.firstIndex(of: ";") else { return text }
    return text[..<end].lowercased()
  }

  /// The URL without surrounding spaces, if one can connect to it.
  private static func checked(_ text: String) throws(MemberError) -> String {
    let url = text.trimmingPrefix { $0 == " " }
    for scheme in ["http://", "https://"] where url.hasPrefix(scheme) {
      let rest = url.dropFirst(scheme.count)
      if rest.contains("/") {
        throw MemberError(.badRequest, "URL must not contain a path: \(url)")
      }
      do { _ = try HostPort(text: String(rest)) } catch {
        throw MemberError(
          .badRequest, "URL address does not have the form \"host:port\": \(url)")
      }
      if scheme == "https://" {
        throw MemberError(
          .badRequest, "URL scheme must be http, for members speak no TLS here: \(url)")
      }
      return String(url)
    }
    throw MemberError(
      .badRequest, "URL scheme must be http, https, unix, or unixs: \(url)")
  }
}
