import CostSupport
import HTTP
import RunSupport
import ServingSupport
import Store
import Testing

/// A log may be older than the limits on keys; nothing on the way may use the stack for each name.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DepthTests {
  @Test func `a chain of ten thousand directories is made, watched and removed`() async throws {
    try await withEtcd { serving, ours async throws in
      try ours.putDeep(10_000)
      #expect(try await serving.ask("DELETE /a?recursive=true").status == .ok)
      let chain = "/" + LimitKeys.deep
      let told = try await serving.body("GET \(chain)?wait=true&waitIndex=5")
      #expect(told.hasPrefix(#"{"action":"delete","node":{"key":"/a","dir":true"#))
      #expect(try await serving.ask("GET /a").status == .notFound)
    }
  }

  @Test func `a listing goes as deep as there are directories`() async throws {
    try await withEtcd { serving, ours async throws in
      let depth = 1_000
      let chain = String(repeating: "/a", count: depth)
      try ours.putDeep(depth)
      let listing = try await serving.body("GET ?recursive=true")
      #expect(listing.matches(of: #/"nodes":\[/#).count == depth + 1)
      #expect(listing.contains(#""key":"\#(chain)/k","value":"1","modifiedIndex":4"#))
      let ends = String(repeating: #"],"modifiedIndex":4,"createdIndex":4}"#, count: depth)
      #expect(listing.hasSuffix(ends + "]}}\n"))
    }
  }
}

extension OurServer {
  /// Applies what an old log might hold: a key in a directory of so many levels.
  fileprivate func putDeep(_ depth: Int) throws {
    let chain = String(repeating: "/a", count: depth)
    let command = Put(try Path(logged: Array("\(chain)/k".utf8)[...]), Array("1".utf8))
    _ = try store.applyNext(command).result.get()
  }
}
