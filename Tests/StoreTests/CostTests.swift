import CostSupport
import RunSupport
import Store
import Testing

/// What an input may make the store do, for each input that can be made large: not more than in
/// proportion to its size. A log may be older than the limits on keys, so depth has none here.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CostTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let size: Int
    let prepare: @Sendable (Int) throws -> KeyValueStore
    let work: @Sendable (KeyValueStore) throws -> Void
  }

  @Test(arguments: [
    Row(
      testDescription: "a chain of directories that is removed", size: 5_000, prepare: chain,
      work: { try remove("d", as: .delete, from: $0) }),
    Row(
      testDescription: "a chain of directories that expires", size: 5_000, prepare: chain,
      work: { try remove("d", as: .expire, from: $0) }),
    Row(
      testDescription: "many keys at the limits that are removed", size: 40, prepare: deepKeys,
      work: { try remove("a", as: .delete, from: $0) }),
    Row(
      testDescription: "many keys with a time to live that are removed at once", size: 1_000,
      prepare: mortalKeys, work: { try remove("d", as: .delete, from: $0) }),
    Row(
      testDescription: "many keys that are due at once", size: 1_000, prepare: mortalKeys,
      work: { try expireAll($0) }),
    Row(
      testDescription: "a chain of directories in a snapshot", size: 5_000, prepare: chain,
      work: { store in
        var names = 0
        for entry in store.snapshot().root.descendants(of: .root) { names += entry.name.count }
        #expect(names >= 5_000)
      }),
    Row(
      testDescription: "a chain of directories that is restored", size: 5_000, prepare: chain,
      work: { store in
        var loader = KeySpaceLoader()
        for entry in store.snapshot().root.descendants(of: .root) {
          try loader.load(entry.name, depth: entry.depth, entry.node.info)
        }
        KeyValueStore().restore(loader.finish(at: store.storeIndex), applied: LogIndex(1))
      }),
  ])
  func `time grows with the input`(row: Row) throws {
    let growth = try Growth.ofTime(from: row.size, rounds: 3, prepare: row.prepare, row.work)
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  @Test func `a key's segments are walked once`() throws {
    let growth = try Growth.ofTime(from: 5_000, prepare: Self.deepPath) { path in
      let store = KeyValueStore()
      _ = try store.applyNext(Put(path, [1])).result.get()
      _ = try store.get(path)
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  // 1.6 GB for 40,000 segments, when every path was made whole.
  @Test func `a removal takes memory for what it removes, not for every path`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      let store = try CostTests.chain(100_000)
      try Memory.limit(to: 100 << 20)
      try CostTests.remove("d", as: .delete, from: store)
      #expect(store.fileCount == 0)
    }
  }
}

extension CostTests {
  private static func deepPath(_ depth: Int) throws -> Path {
    try Path(logged: Array(LimitKeys.nested(depth, name: "d").utf8)[...])
  }

  /// A store with one key, so deep.
  private static func chain(_ depth: Int) throws -> KeyValueStore {
    let store = KeyValueStore()
    _ = try store.applyNext(Put(deepPath(depth), [1])).result.get()
    return store
  }

  /// So many keys of 256 segments and 4,096 bytes.
  private static func deepKeys(_ count: Int) throws -> KeyValueStore {
    let store = KeyValueStore()
    let directory = LimitKeys.nested(255)
    for number in 0..<count {
      let name = String(number)
      let padding = String(repeating: "k", count: Path.byteLimit - directory.count - 1 - name.count)
      try store.put("\(directory)/\(padding)\(name)", "")
    }
    return store
  }

  /// So many keys that are due at one moment.
  private static func mortalKeys(_ count: Int) throws -> KeyValueStore {
    let store = KeyValueStore()
    for number in 0..<count {
      try store.put("d/\(number)", "", expires: Timestamp(microseconds: 1))
    }
    return store
  }

  fileprivate static func remove(
    _ key: String, as action: Action, from store: KeyValueStore
  ) throws {
    let key = try path(key)
    let removal = AdHoc { space throws(StoreError) in [try space.remove(key, as: action)] }
    _ = try store.applyNext(removal).result.get()
  }

  private static func expireAll(_ store: KeyValueStore) throws {
    let expiry = AdHoc { space throws(StoreError) in
      var events: [Event] = []
      while let path = space.nextDue(at: Timestamp(microseconds: 1)) {
        events.append(try space.remove(path, as: .expire))
      }
      return events
    }
    _ = try store.applyNext(expiry).result.get()
  }
}
