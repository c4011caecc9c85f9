internal import Bytes

/// Finds the handler for a request by its path.
///
/// ```swift
/// var router = Router()
/// router.add("/get", .get) { request, response in ... }
/// router.add("/delete", .post, .delete) { request, response in ... }
/// router.mount("/v2/keys", keys)
/// ```
///
/// A path is found by what it means, its percent escapes decoded; a malformed escape is 400. An
/// unknown path is answered 404, a known one asked with a wrong method 405 with Allow, and OPTIONS
/// with Allow. Who may GET may also HEAD. A mounted handler answers everything at and below its
/// path by itself, whatever the method.
public struct Router: Handler {
  /// Answers one request, as ``Handler/respond(to:with:)`` does.
  public typealias Answer = @Sendable (Request, Response) async throws -> Void

  /// In the order they are looked at, one after the other: they are few.
  private var routes: [Route] = []

  public init() {}

  /// Lets `answer` answer what is asked of exactly this path by one of these methods. A path has
  /// only one route.
  public mutating func add(
    _ path: StaticString, _ methods: Method..., answer: @escaping Answer
  ) {
    var allowed = methods
    if methods.contains(.get) { allowed.append(.head) }
    let route = Route(path: path, methods: allowed, isSubtree: false, answer: answer)
    precondition(!routes.contains { $0.isSamePath(as: route) }, "\(path) has a route already")
    insert(route)
  }

  /// Gives everything at `path`, and below it after a further slash, to `handler`.
  ///
  /// An added route counts more than a mounted handler, and a longer path more than a shorter. The
  /// empty path takes whatever is left.
  public mutating func mount(_ path: StaticString, _ handler: any Handler) {
    insert(
      Route(path: path, methods: [], isSubtree: true) {
        try await handler.respond(to: $0, with: $1)
      })
  }

  private mutating func insert(_ route: Route) {
    routes.insert(route, at: routes.firstIndex { route.comes(before: $0) } ?? routes.endIndex)
  }

  public func respond(to request: Request, with response: Response) async throws {
    guard let route = try route(for: request) else {
      if request.path.elementsEqual(CollectionOfOne(UInt8(ascii: "*"))) {
        response.status = .noContent
        return
      }
      throw HTTPError(.notFound, "404 page not found")
    }
    if route.allows(request.method) { return try await route.answer(request, response) }
    response.addHeader("Allow", bytes: route.allowHeader)
    guard request.method == .options else {
      throw HTTPError(.methodNotAllowed, "Method Not Allowed")
    }
    response.status = .noContent
  }

  // Here the path is let go of before the handler runs: a slice keeps the request's whole buffer.
  private func route(for request: Request) throws(HTTPError) -> Route? {
    let path = request.path
    guard path.contains(UInt8(ascii: "%")) else { return route(at: path.span) }
    var decoded: [UInt8] = []
    do {
      try decoded.append(percentDecoding: path.span, plusIsSpace: false)
    } catch {
      throw HTTPError(.badRequest, error.reason)
    }
    return route(at: decoded.span)
  }

  // Looked at where they lie: a copy of each route on the way would have its references counted.
  private func route(at path: Span<UInt8>) -> Route? {
    let routes = routes.span
    for i in routes.indices where routes[i].matches(path) { return routes[i] }
    return nil
  }
}

/// One path, and what answers there.
private struct Route {
  let path: StaticString
  /// Those that may be asked for; of a subtree all.
  let methods: [Method]
  /// Whether everything below the path belongs to it.
  let isSubtree: Bool
  let answer: Router.Answer

  func matches(_ other: Span<UInt8>) -> Bool {
    let length = path.utf8CodeUnitCount
    if other.count == length { return other.equals(path) }
    return isSubtree && other.count > length && other[length] == UInt8(ascii: "/")
      && other.starts(with: path)
  }

  func isSamePath(as other: Route) -> Bool {
    !isSubtree && !other.isSubtree && path.description == other.path.description
  }

  func allows(_ method: Method) -> Bool { isSubtree || methods.contains(method) }

  /// Whether this route is looked at before `other`.
  func comes(before other: Route) -> Bool {
    guard isSubtree, other.isSubtree else { return !isSubtree && other.isSubtree }
    return path.utf8CodeUnitCount > other.path.utf8CodeUnitCount
  }

  /// `GET, HEAD, OPTIONS` (RFC 9110, section 10.2.1).
  var allowHeader: [UInt8] {
    var header: [UInt8] = []
    for method in methods {
      header.append(method.name)
      header.append(", ")
    }
    header.append(Method.options.name)
    return header
  }
}
