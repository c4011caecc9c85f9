import HTTP
import ServingSupport
import Testing

/// Paths are as long as a request's head allows; nothing on the way may use the stack for each name.
@Suite(.timeLimit(.minutes(5))) struct DepthTests {
  @Test func `a chain of ten thousand directories is made, watched and removed`() async throws {
    try await withEtcd { serving, _ async throws in
      let chain = String(repeating: "/a", count: 10_000)
      #expect(try await serving.ask("PUT \(chain)/k value=1").status == .created)
      #expect(try await serving.body("GET \(chain)/k").contains(#""value":"1""#))
      #expect(try await serving.ask("DELETE /a?recursive=true").status == .ok)
      let told = try await serving.body("GET \(chain)?wait=true&waitIndex=5")
      #expect(told.hasPrefix(#"{"action":"delete","node":{"key":"/a","dir":true"#))
      #expect(try await serving.ask("GET /a").status == .notFound)
    }
  }

  @Test func `a listing goes as deep as there are directories`() async throws {
    try await withEtcd { serving, _ async throws in
      let depth = 1_000
      let chain = String(repeating: "/a", count: depth)
      _ = try await serving.ask("PUT \(chain)/k value=1")
      let listing = try await serving.body("GET ?recursive=true")
      #expect(listing.matches(of: #/"nodes":\[/#).count == depth + 1)
      #expect(listing.contains(#""key":"\#(chain)/k","value":"1","modifiedIndex":4"#))
      let ends = String(repeating: #"],"modifiedIndex":4,"createdIndex":4}"#, count: depth)
      #expect(listing.hasSuffix(ends + "]}}\n"))
    }
  }
}
