import Bytes
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A router` {
  private static func router() -> Router {
    func says(_ text: String) -> Router.Answer {
      { _, response in response.body.append(contentsOf: text.utf8) }
    }
    var router = Router()
    router.mount("/v2", Answering(says("v2")))
    router.add("/get", .get, answer: says("get"))
    router.mount("/v2/keys", Answering(says("keys")))
    router.add("/delete", .post, .delete, answer: says("delete"))
    router.add("/v2/keys/special", .get, answer: says("special"))
    return router
  }

  @Test(arguments: [
    ("GET", "/get", "200 get"),
    ("GET", "/get?key=/delete", "200 get"),
    ("GET", "/%67et", "200 get"),
    ("GET", "http://host/get", "200 get"),
    ("POST", "/delete", "200 delete"),
    ("DELETE", "/delete", "200 delete"),
    ("GET", "/v2/keys", "200 keys"),
    ("PATCH", "/v2/keys/", "200 keys"),
    ("BREW", "/v2/keys/a/b", "200 keys"),
    ("OPTIONS", "/v2/keys/a", "200 keys"),
    ("GET", "/v2/keys%2Fa", "200 keys"),
    ("GET", "/v2/keysX", "200 v2"),
    ("GET", "/v2/keys/special", "200 special"),
    ("GET", "/", "404 404 page not found"),
    ("GET", "/get/", "404 404 page not found"),
    ("GET", "/v", "404 404 page not found"),
    ("GET", "/v22", "404 404 page not found"),
    ("GET", "http://host", "404 404 page not found"),
    ("GET", "/a%2", "400 invalid URL escape \"%2\""),
    ("PUT", "/get", "405 Method Not Allowed"),
    ("BREW", "/get", "405 Method Not Allowed"),
    ("OPTIONS", "/get", "204 "),
    ("OPTIONS", "*", "204 "),
  ])
  func `finds the handler by path and method`(
    method: String, target: String, expected: String
  ) async throws {
    try await withServer(Self.router()) { server in
      let answer = try await server.answer(
        to: "\(method) \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
      let parts = answer.split(
        separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
      let status = parts[0].dropFirst("HTTP/1.1 ".count).prefix(3)
      let body = parts[1].hasSuffix("\n") ? parts[1].dropLast() : parts[1]
      #expect("\(status) \(body)" == expected)
    }
  }

  @Test(arguments: [
    ("PUT", "/get", "GET, HEAD, OPTIONS"), ("OPTIONS", "/get", "GET, HEAD, OPTIONS"),
    ("GET", "/delete", "POST, DELETE, OPTIONS"), ("HEAD", "/delete", "POST, DELETE, OPTIONS"),
  ])
  func `says which methods a path allows`(
    method: String, path: String, allow: String
  ) async throws {
    try await withServer(Self.router()) { server in
      let answer = try await server.answer(to: "\(method) \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.contains("\r\nAllow: \(allow)\r\n"))
    }
  }

  @Test func `gives HEAD to whoever answers GET`() async throws {
    try await withServer(Self.router()) { server in
      let answer = try await server.answer(to: "HEAD /get HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("Content-Length: 3\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func `with the empty path mounted sends what is left there`() async throws {
    var router = Self.router()
    router.mount("", Answering { _, response in response.body.append("rest") })
    try await withServer(router) { [router] server in
      _ = router
      for (path, expected) in [("/x", "rest"), ("/%67et", "get"), ("/%78", "rest")] {
        let answer = try await server.answer(to: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.hasSuffix(expected))
      }
    }
  }

  @Test func `takes no second route for a path`() async {
    await #expect(processExitsWith: .failure) {
      var router = Router()
      router.add("/get", .get) { _, _ in }
      router.add("/get", .put) { _, _ in }
    }
  }
}
