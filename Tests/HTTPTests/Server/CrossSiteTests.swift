import LoopSupport
import RunSupport
import Testing

@testable import HTTP

/// Requests as browsers send them, and as other clients do.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A page of another site` {
  /// A request's head after its request line, and what is answered.
  private struct Case: Sendable {
    let header: String
    let status: Int

    init(_ header: String, _ status: Int) {
      self.header = header
      self.status = status
    }
  }

  private static let simple = "Content-Type: text/plain;charset=UTF-8\r\n"
  private static let form = "Content-Type: application/x-www-form-urlencoded\r\n"

  private static let cases = [
    // curl, etcdctl, a proxy, another member.
    Case("Host: localhost:8080\r\n", 200),
    Case("Host: anything.example\r\nX-Forwarded-Host: a\r\n" + form, 200),
    // A page of another site: a fetch of the simple kind, a form, one with credentials.
    Case("Host: localhost:8080\r\nOrigin: http://evil.example\r\n" + simple, 403),
    Case("Host: localhost:8080\r\nOrigin: https://evil.example\r\n" + form, 403),
    Case("Host: 127.0.0.1:8080\r\nOrigin: http://evil.example:8080\r\n" + simple, 403),
    // A file, a sandboxed frame, an extension: origins that are no site.
    Case("Host: localhost:8080\r\nOrigin: null\r\n" + form, 403),
    Case("Host: localhost:8080\r\nOrigin: chrome-extension://abc\r\n" + simple, 403),
    Case("Host: localhost:8080\r\nOrigin: \r\n" + simple, 403),
    Case("Host: localhost:8080\r\nOrigin: http://localhost:8080/\r\n" + simple, 403),
    // Another port is another origin.
    Case("Host: localhost:8080\r\nOrigin: http://localhost:3000\r\n", 403),
    Case("Host: localhost:8080\r\nOrigin: http://localhost\r\n", 403),
    Case("Host: localhost\r\nOrigin: http://localhost:8080\r\n", 403),
    // The server's own page.
    Case("Host: localhost:8080\r\nOrigin: http://localhost:8080\r\n", 200),
    Case("Host: LOCALHOST:8080\r\nOrigin: http://localhost:8080\r\n", 200),
    Case("Host: localhost\r\nOrigin: http://localhost:80\r\n", 200),
    Case("Host: localhost\r\nOrigin: https://localhost\r\n", 200),
    Case("Host: app.localhost:1\r\nOrigin: http://app.localhost:1\r\n", 200),
    Case("Host: 127.0.0.1:8080\r\nOrigin: http://127.0.0.1:8080\r\n", 200),
    Case("Host: 10.1.2.3:8080\r\nOrigin: http://10.1.2.3:8080\r\n", 200),
    Case("Host: [::1]:8080\r\nOrigin: http://[::1]:8080\r\n", 200),
    Case("Host: [::1]:8080\r\nOrigin: http://[::1]:80\r\n", 403),
    Case("Host: Store.Internal:8080\r\nOrigin: http://store.internal:8080\r\n", 200),
    Case("Host: store.internal:8443\r\nOrigin: https://store.internal:8443\r\n", 200),
    // A name that was rebound to this machine.
    Case("Host: evil.example:8080\r\nOrigin: http://evil.example:8080\r\n", 403),
    Case("Host: localhost.evil.example\r\nOrigin: http://localhost.evil.example\r\n", 403),
    Case("Host: 127.0.0.1.evil.example\r\nOrigin: http://127.0.0.1.evil.example\r\n", 403),
    Case("Host: 1.2.3.4.\r\nOrigin: http://1.2.3.4.\r\n", 403),
    // Browsers that send no Origin say at least where the page is from.
    Case("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n" + form, 403),
    Case("Host: localhost\r\nSec-Fetch-Site: same-site\r\n" + form, 403),
    Case("Host: localhost\r\nSec-Fetch-Site: same-origin\r\n", 200),
    Case("Host: localhost\r\nSec-Fetch-Site: none\r\n", 200),
    // One that is allowed, in whatever case.
    Case("Host: localhost\r\nOrigin: https://Pages.example\r\n", 200),
    Case("Host: localhost\r\nOrigin: https://pages.example:8443\r\n", 403),
    Case("Host: 127.0.0.1:8080\r\nOrigin: http://other.example:81\r\n", 200),
  ]

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "MKCOL"])
  func `changes nothing unless its origin is allowed`(method: String) async throws {
    let origins = try AllowedOrigins(["https://pages.example", "http://Other.example:81"])
    let log = Log()
    let noting = Answering { request, _ in log.note("\(request.target.count)") }
    let guarded = CrossSiteGuard(noting, servedAs: ["", "store.internal"], allowing: origins)
    try await withServer(guarded) { server in
      for test in Self.cases {
        let before = log.count
        let answer = try await server.answer(to: "\(method) /put HTTP/1.1\r\n\(test.header)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(test.status) "), "\(test.header)")
        #expect(log.count - before == (test.status == 200 ? 1 : 0), "\(test.header)")
      }
    }
  }

  @Test(arguments: ["GET", "HEAD", "OPTIONS"])
  func `reads, and asks what it may do, as with etcd`(method: String) async throws {
    try await withServer(CrossSiteGuard(echo, servedAs: [])) { server in
      for test in Self.cases {
        let answer = try await server.answer(to: "\(method) /get HTTP/1.1\r\n\(test.header)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(test.header)")
      }
    }
  }

  @Test func `changes what it likes where all origins are allowed`() async throws {
    let guarded = CrossSiteGuard(echo, servedAs: [], allowing: try AllowedOrigins(["*"]))
    try await withServer(guarded) { server in
      for test in Self.cases {
        let answer = try await server.answer(to: "PUT / HTTP/1.1\r\n\(test.header)\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(test.header)")
      }
    }
  }

  @Test func `is told why`() async throws {
    try await withServer(CrossSiteGuard(echo, servedAs: [])) { server in
      for (header, text) in [
        (
          "Host: localhost\r\nOrigin: http://evil.example\r\n",
          "a page of the origin http://evil.example must not change anything here"
        ),
        (
          "Host: a.example\r\nOrigin: http://a.example\r\n",
          "a page of the origin http://a.example must not change anything here: "
            + "that is no name of this server"
        ),
        (
          "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n",
          "a page of another site must not change anything here"
        ),
      ] {
        let answer = try await server.answer(to: "POST /put HTTP/1.1\r\n\(header)\r\n")
        #expect(answer.hasSuffix("\r\n\r\n\(text)\n"))
      }
    }
  }

  @Test(arguments: [
    "null", "evil.example", "http://", "https://a/", "http://a/b", "ftp://a", "http://a:x",
    "http://a:65536", "http://a b", "http://::1", "http://*", "",
  ])
  func `cannot be allowed by what is no origin`(text: String) throws {
    #expect(throws: AllowedOrigins.InvalidOrigin.self) { try AllowedOrigins([text]) }
    #expect(throws: AllowedOrigins.InvalidOrigin.self) { try AllowedOrigins(["*", "http://a"]) }
    let (some, none) = (
      try AllowedOrigins(["http://a", "https://[::1]:1"]), try AllowedOrigins([])
    )
    #expect(!some.isNone && !some.isAny && none.isNone)
  }
}
