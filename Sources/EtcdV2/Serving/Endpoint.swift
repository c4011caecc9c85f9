internal import Bytes
internal import HTTP

/// A single path of etcd's: paths below it are unknown, and other methods are refused.
struct Endpoint: Handler {
  private let path: StaticString
  private let methods: [Method]
  private let allow: StaticString
  private let answer: @Sendable (Response) -> Void

  /// - Parameter allow: the methods as the Allow header names them.
  init(
    _ path: StaticString, _ methods: [Method], allow: StaticString,
    answer: @escaping @Sendable (Response) -> Void
  ) {
    self.path = path
    self.methods = methods
    self.allow = allow
    self.answer = answer
  }

  func respond(to request: Request, with response: Response) async throws {
    let asked = try request.decodedPath
    guard asked.span.equals(path) else {
      return response.refuse(.notFound, "404 page not found")
    }
    guard methods.contains(request.method) else { return response.refuseMethod(allowing: allow) }
    answer(response)
  }
}
