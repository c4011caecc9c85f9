import RunSupport
import Store
import Testing

/// What a log holds may be older than the limit on depth. Neither depth nor breadth may cost the
/// thread's stack, or time out of proportion.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DepthTests {
  private func deepPath(_ depth: Int) throws -> Path {
    try Path(logged: Array(repeatElement(Array("/d".utf8), count: depth).joined())[...])
  }

  @Test func `a chain of 10,000 directories is written and listed`() throws {
    let deep = try deepPath(10_000)
    let store = KeyValueStore()
    _ = try store.applyNext(Put(deep, [1])).result.get()
    let snapshot = store.snapshot()
    _ = try store.applyNext(Put(deep, [2])).result.get()
    #expect(snapshot.entries.reduce(0) { count, _ in count + 1 } == 10_000)
    guard case .file(let file) = try store.get(deep).node else {
      Issue.record("the deep file is missing")
      return
    }
    #expect(file.value == [2])
  }

  // So deep that freeing it by recursion overflows even a stack of 64 MB.
  @Test func `a chain of 300,000 directories is freed without recursion`() throws {
    let deep = try deepPath(300_000)
    weak var freed: Directory?
    do {
      let store = KeyValueStore()
      _ = try store.applyNext(Put(deep, [1])).result.get()
      guard case .directory(let parent) = try store.get(deep.parent).node else { return }
      freed = parent
    }
    #expect(freed == nil, "nothing may be left of it")
  }

  @Test func `a removed deep tree is freed while a snapshot keeps another`() throws {
    let store = KeyValueStore()
    let deep = try deepPath(5_000)
    _ = try store.applyNext(Put(deep, [1])).result.get()
    let snapshot = store.snapshot()
    let top = try path("d")
    let removal = AdHoc { space throws(StoreError) in [try space.remove(top, as: .delete)] }
    #expect(try store.applyNext(removal).result.get()[0].removes(deep))
    #expect(snapshot.entries.reduce(0) { count, _ in count + 1 } == 5_000)
    #expect(store.fileCount == 0)
  }

  @Test func `a wide directory is listed in byte order`() throws {
    let store = KeyValueStore()
    for i in (0..<20_000).reversed() { try store.put("w/\(i + 10_000)", "") }
    #expect(try store.names("w") == (0..<20_000).map { "\($0 + 10_000)" })
  }
}
