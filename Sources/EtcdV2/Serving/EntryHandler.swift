internal import Bytes
public import HTTP

/// What etcd does with every request before it looks for a route: headers that let pages of other
/// origins ask (CORS), the response to OPTIONS, and redirects to clean paths.
///
/// A path with `//`, `/./` or `/../` in it, escaped or not, is answered with a redirect to the path
/// that it means, whatever the method. So no handler behind this sees one, nor a malformed escape.
public struct EntryHandler: Handler {
  private let handler: any Handler
  private let origins: AllowedOrigins

  /// - Parameters:
  ///   - handler: answers everything else.
  ///   - origins: the sites whose pages may read responses; if empty, all may, as in etcd by
  ///     default.
  public init(_ handler: any Handler, readableBy origins: AllowedOrigins = .any) {
    self.handler = handler
    self.origins = origins.isNone ? .any : origins
  }

  public func respond(to request: Request, with response: Response) async throws {
    var meant: [UInt8]?
    if request.path.mayNeedCleaning {
      do throws(HTTPError) { meant = try request.decodedPath.pathIfNotClean } catch {
        response.status = .badRequest
        response.body.append("400 Bad Request")
        return response.closeConnection()
      }
    }
    addOriginHeaders(for: request, to: response)
    if request.method == .options {
      response.contentType = nil
    } else if let meant {
      Self.redirect(request, to: meant, response)
    } else {
      try await handler.respond(to: request, with: response)
    }
  }

  private static let anyOriginHeaders: StaticString = """
    Access-Control-Allow-Headers: accept, content-type, authorization\r
    Access-Control-Allow-Methods: POST, GET, OPTIONS, PUT, DELETE\r
    Access-Control-Allow-Origin: *\r

    """

  private func addOriginHeaders(for request: Request, to response: Response) {
    if origins.isAny { return response.addHeaders(Self.anyOriginHeaders) }
    // A response cached for one origin must not be used for another.
    response.addHeader("Vary", "Origin")
    guard let origin = request.header("origin"), origins.contains(origin) else { return }
    response.addHeader("Access-Control-Allow-Headers", "accept, content-type, authorization")
    response.addHeader("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE")
    response.addHeader("Access-Control-Allow-Origin", bytes: Array(origin))
  }

  /// Answers 301, with a link in the body for GET and HEAD.
  private static func redirect(_ request: Request, to path: [UInt8], _ response: Response) {
    var location: [UInt8] = []
    location.append(urlPath: path)
    var link = location
    if let query = request.query, !query.isEmpty {
      location.append(UInt8(ascii: "?"))
      link.append(UInt8(ascii: "?"))
      link.append(contentsOf: query)
      for byte in query { location.append(escapingNonASCII: byte) }
    }
    response.status = .movedPermanently
    response.addHeader("Location", bytes: location)
    let mayFollow = request.method == .get || request.method == .head
    response.contentType = mayFollow ? .html : nil
    if mayFollow {
      response.body.append("<a href=\"")
      response.body.append(html: link)
      response.body.append("\">Moved Permanently</a>.\n\n")
    }
  }
}
