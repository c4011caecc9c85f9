import RandomSupport
import RunSupport
import Store
import Testing

/// The store as simply as it can be said: a dictionary from path to value, directories implied.
private struct NaiveStore {
  var files: [String: String] = [:]
  var directories: Set<String> = ["/"]

  private func parents(of path: String) -> [String] {
    let names = path.split(separator: "/").dropLast()
    return names.indices.map { "/" + names[...$0].joined(separator: "/") }
  }

  mutating func put(_ path: String, _ value: String) -> StoreError? {
    if let file = parents(of: path).first(where: { files[$0] != nil }) {
      return (try? .notADirectory(Path(Array(file.utf8)))) ?? .rootIsReadOnly
    }
    if directories.contains(path) { return try? .notAFile(Path(Array(path.utf8))) }
    directories.formUnion(parents(of: path))
    files[path] = value
    return nil
  }

  mutating func delete(_ path: String) -> StoreError? {
    if directories.contains(path) { return try? .notAFile(Path(Array(path.utf8))) }
    files[path] = nil
    return nil
  }
}

private func randomKey(_ random: inout SeededRandom) -> String {
  let depth = Int.random(in: 1...4, using: &random)
  return "/"
    + (0..<depth).map { _ in ["a", "b", "c", "_h"].randomElement(using: &random)! }
    .joined(separator: "/")
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct StoreModelTests {
  @Test(arguments: UInt64(1)...8)
  func `random commands leave what a naive store has`(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let store = KeyValueStore()
    let recorder = Recorder()
    store.observe(recorder)
    var naive = NaiveStore()
    var changes = 0
    for step in 0..<1_500 {
      let key = randomKey(&random)
      let outcome: Outcome
      let expected: StoreError?
      if Int.random(in: 0..<3, using: &random) == 0 {
        let existed = naive.files[key] != nil
        outcome = try store.delete(key)
        expected = naive.delete(key)
        if existed { changes += 1 }
      } else {
        outcome = try store.put(key, "v\(step)")
        expected = naive.put(key, "v\(step)")
        if expected == nil { changes += 1 }
      }
      switch outcome.result {
      case .success: #expect(expected == nil, "seed \(seed), step \(step)")
      case .failure(let error): #expect(error == expected, "seed \(seed), step \(step)")
      }
      #expect(outcome.storeIndex.rawValue == UInt64(changes), "only changes are counted")
      let probe = randomKey(&random)
      #expect(try store.value(probe) == naive.files[probe], "seed \(seed), step \(step)")
    }
    #expect(store.fileCount == naive.files.count)
    let entries = Array(store.snapshot().entries)
    let files = entries.filter { !$0.info.isDirectory }.map(\.path.description)
    #expect(Set(files) == Set(naive.files.keys) && files.count == naive.files.count)
    let directories = entries.filter(\.info.isDirectory).map(\.path.description)
    #expect(Set(directories).union(["/"]) == naive.directories)
    #expect(recorder.events.map(\.index.rawValue) == Array(1...UInt64(changes)))
  }

  @Test(arguments: UInt64(21)...24)
  func `a snapshot starts an equal store, and the same commands give equal snapshots`(
    seed: UInt64
  ) throws {
    func run() throws -> KeyValueStore {
      var random = SeededRandom(seed)
      let store = KeyValueStore()
      for step in 0..<800 {
        let key = randomKey(&random)
        if Int.random(in: 0..<3, using: &random) == 0 {
          try store.delete(key)
        } else {
          let time = Int64.random(in: 0..<50, using: &random)
          try store.put(
            key, "v\(step)", expires: time == 0 ? nil : Timestamp(microseconds: time))
        }
      }
      return store
    }
    let original = try run()
    let snapshot = original.snapshot()
    #expect(Array(snapshot.entries) == Array(try run().snapshot().entries))

    let copy = KeyValueStore()
    let recorder = Recorder()
    copy.observe(recorder)
    var loader = KeySpaceLoader()
    for entry in snapshot.root.descendants(of: .root) {
      try loader.load(entry.name, depth: entry.depth, entry.node.info)
    }
    copy.restore(loader.finish(at: snapshot.storeIndex), applied: snapshot.appliedIndex)
    #expect(recorder.starts == [.zero, snapshot.storeIndex])
    #expect(Array(copy.snapshot().entries) == Array(snapshot.entries))
    #expect(copy.storeIndex == original.storeIndex)
    #expect(copy.appliedIndex == original.appliedIndex)
    #expect(copy.fileCount == original.fileCount)
    #expect(copy.nextExpiration == original.nextExpiration)

    // And it goes on as the original does.
    try original.put("z/z", "1")
    try copy.put("z/z", "1")
    #expect(Array(copy.snapshot().entries) == Array(original.snapshot().entries))
  }

  @Test func `a snapshot does not change while writes go on`() throws {
    let store = KeyValueStore()
    for i in 0..<500 { try store.put("d\(i % 7)/k\(i)", "old") }
    let snapshot = store.snapshot()
    let before = Array(snapshot.entries)
    for i in 0..<500 {
      if i.isMultiple(of: 3) {
        try store.delete("d\(i % 7)/k\(i)")
      } else {
        try store.put("d\(i % 7)/k\(i)", "new")
      }
      try store.put("other/k\(i)", "new")
    }
    #expect(Array(snapshot.entries) == before)
    #expect(try store.value("d1/k1") == "new")
    #expect(try store.value("d0/k0") == nil)
  }

  @Test func `a snapshot that holds an impossible entry is refused`() throws {
    func info(_ value: [UInt8]?) -> KeyInfo {
      KeyInfo(
        value: value, createdIndex: StoreIndex(1), modifiedIndex: StoreIndex(1), expiration: nil)
    }
    var loader = KeySpaceLoader()
    func isRefused(_ name: String, _ depth: Int) -> Bool {
      (try? loader.load(Name(name), depth: depth, info([]))) == nil
    }
    #expect(isRefused("x", 2) && isRefused("x", 0) && isRefused("x", -1) && isRefused("x", .max))
    #expect(isRefused("", 1) && isRefused("x/y", 1))
    try loader.load(Name("a"), depth: 1, info([1]))
    #expect(isRefused("a", 1), "it is there already")
    #expect(isRefused("b", 2), "what was last is a file")
    try loader.load(Name("d"), depth: 1, info(nil))
    try loader.load(Name("e"), depth: 2, info(nil))
    try loader.load(Name("f"), depth: 1, info(nil))
    #expect(isRefused("x", 3), "what was open is closed")
  }

  @Test func `a snapshot whose entries come out of order is loaded as well`() throws {
    var names = (0..<500).map { "k\($0 * 7 % 500)" }
    let info = KeyInfo(
      value: [], createdIndex: StoreIndex(1), modifiedIndex: StoreIndex(1), expiration: nil)
    for sorted in [0, 1, 40, 499] {
      names[..<sorted].sort()
      var loader = KeySpaceLoader()
      for name in names { try loader.load(Name(name), depth: 1, info) }
      for name in names {
        #expect(throws: MisplacedEntry.self) {
          try loader.load(Name(name), depth: 1, info)
        }
      }
      let store = KeyValueStore()
      store.restore(loader.finish(at: StoreIndex(1)), applied: LogIndex(1))
      #expect(store.fileCount == 500)
      #expect(
        store.snapshot().entries.map { "\($0.path)" } == names.map { "/\($0)" }.sorted())
    }
  }

  @Test func `a snapshot of whole paths is loaded as well`() throws {
    let store = KeyValueStore()
    for key in ["a/b/c", "a/b/d", "a/e", "f"] {
      try store.put(key, key, expires: Timestamp(microseconds: 5))
    }
    let snapshot = store.snapshot()
    var loader = KeySpaceLoader()
    for entry in snapshot.entries { try loader.load(entry.path, entry.info) }
    #expect(throws: MisplacedEntry.self) { try loader.load(path("x/y"), snapshot.root.info) }
    #expect(throws: MisplacedEntry.self) { try loader.load(path("a/x"), snapshot.root.info) }
    #expect(throws: MisplacedEntry.self) { try loader.load(.root, snapshot.root.info) }
    let copy = KeyValueStore()
    copy.restore(loader.finish(at: snapshot.storeIndex), applied: snapshot.appliedIndex)
    #expect(Array(copy.snapshot().entries) == Array(snapshot.entries))
    #expect(copy.nextExpiration == store.nextExpiration)
  }
}
