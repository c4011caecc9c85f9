import HTTP
import RunSupport
import ServingSupport
import Testing

@testable import Pages

@Suite(.inTurn, .timeLimit(.minutes(10))) struct OriginsTests {
  @Test func `a page may connect to its own server and to the members`() {
    let policy = PageOrigins(["http://a:1", "https://b.example:2"]).policy(isPage: true)
    #expect(policy.hasPrefix("default-src 'self'; "))
    #expect(policy.contains("connect-src 'self' http://a:1 https://b.example:2;"))
    #expect(policy.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe"))
    #expect(PageOrigins([]).policy(isPage: false).hasSuffix("frame-ancestors 'self'"))
  }

  @Test(arguments: [
    "http://a:1; script-src *", "http://a:1 *", "http://a:1\r\nX-Evil: 1", "javascript:1",
    "http://a:1,http://b", "http://\"a\"", "*",
  ])
  func `an address that would change the policy is left out`(url: String) {
    #expect(PageOrigins([url]).policy(isPage: true) == PageOrigins([]).policy(isPage: true))
  }

  @Test(arguments: [
    ("http://10.0.0.1:8080", true), ("http://10.0.0.1:8081", false),
    ("https://10.0.0.1:8080", false),
    ("http://localhost:8082", true), ("http://127.0.0.1:8082", true), ("http://[::1]:8082", true),
    ("http://localhost:8080", false), ("http://10.0.0.1", false), ("null", false), ("", false),
    ("http://10.0.0.1:8080.evil.example", false), ("http://evil.example", false),
    ("HTTP://LOCALHOST:8082", true),
  ])
  func `only pages of members may read the stream`(origin: String, isAllowed: Bool) {
    let origins = PageOrigins(["http://10.0.0.1:8080", "http://localhost:8082"])
    #expect(origins.allow(Array(origin.utf8)[...]) == isAllowed)
  }
}
