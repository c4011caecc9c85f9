internal import Bytes

/// Keeps web pages of other sites from changing what a server holds.
///
/// A browser lets any page send a POST to any address that the machine can reach, `localhost` too;
/// it only keeps the answer from the page. It says where the page came from: in `Origin`, which a
/// page cannot change. Clients that are no browsers send none and are not concerned.
///
/// | a request that changes something, with | is taken |
/// | --- | --- |
/// | neither `Origin` nor `Sec-Fetch-Site` | yes |
/// | an `Origin` that is allowed (`-cors`) | yes |
/// | an `Origin` that is the `Host`, if that is a name of this server | yes |
/// | any other `Origin`, `null` too | 403 |
/// | no `Origin`, but a `Sec-Fetch-Site` of another site | 403 |
///
/// That the Host must be a name of this server is against DNS rebinding (CVE-2018-1099 of etcd): a
/// page of `http://evil.example:8080` whose name suddenly means 127.0.0.1 has the same origin as
/// the server that the browser then reaches. An address in digits cannot be made to mean another
/// machine, so each counts as a name of this server.
///
/// GET, HEAD and OPTIONS change nothing here and always pass. Pages may read, as with etcd.
public struct CrossSiteGuard: Handler {
  private let handler: any Handler
  private let names: [[UInt8]]
  private let origins: AllowedOrigins

  /// - Parameters:
  ///   - handler: answers what is let through.
  ///   - names: host names by which this server is reached, beside `localhost`.
  ///   - origins: whose pages may change something.
  public init(
    _ handler: any Handler, servedAs names: [String], allowing origins: AllowedOrigins = .none
  ) {
    self.handler = handler
    self.names = names.map { $0.utf8.map(\.lowercased) }
    self.origins = origins
  }

  public func respond(to request: Request, with response: Response) async throws {
    switch request.method {
    case .get, .head, .options: break
    default: try check(request)
    }
    try await handler.respond(to: request, with: response)
  }

  private func check(_ request: Request) throws(HTTPError) {
    if origins.isAny { return }
    guard let origin = request.header("origin") else {
      guard let site = request.header("sec-fetch-site") else { return }
      if site.span.equals("same-origin") || site.span.equals("none") { return }
      throw HTTPError(.forbidden, "a page of another site must not change anything here")
    }
    if origins.contains(origin) { return }
    let name = String(decoding: origin, as: UTF8.self)
    guard let parts = Origin(origin.span), let host = request.header("host"),
      let authority = Authority(host.span, usually: parts.usualPort),
      authority == parts.authority
    else {
      throw HTTPError(.forbidden, "a page of the origin \(name) must not change anything here")
    }
    if isOwn(authority) { return }
    throw HTTPError(
      .forbidden,
      "a page of the origin \(name) must not change anything here: that is no name of this server")
  }

  private func isOwn(_ authority: Authority) -> Bool {
    let name = authority.name
    return authority.isAddress || name.elementsEqual("localhost".utf8)
      || name.suffix(10).elementsEqual(".localhost".utf8) || names.contains(name)
  }
}
