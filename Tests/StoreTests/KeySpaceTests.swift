import RunSupport
import Store
import Testing

/// The primitives that commands of later modules stand on; etcd's answers are the measure.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct KeySpaceTests {
  private func apply(
    _ store: KeyValueStore,
    _ body: @escaping @Sendable (inout KeySpace) throws(StoreError) -> [Event]
  ) throws -> [Event] {
    try store.applyNext(AdHoc(body)).result.get()
  }

  @Test func `parents made on the way share the index of the write`() throws {
    let store = KeyValueStore()
    try store.put("x", "0")
    try store.put("a/b/c", "1")
    for key in ["a", "a/b", "a/b/c"] {
      let info = try store.get(path(key)).node.info
      #expect(info.createdIndex == StoreIndex(2) && info.modifiedIndex == StoreIndex(2))
    }
    #expect(store.storeIndex == StoreIndex(2))
  }

  @Test func `a set makes a new node, an update keeps its createdIndex`() throws {
    let store = KeyValueStore()
    try store.put("k", "1")
    let set = try store.put("k", "2").result.get()[0]
    #expect(set.previous?.value == Array("1".utf8) && set.node?.createdIndex == StoreIndex(2))
    let key = try path("k")
    let update = try apply(store) { space throws(StoreError) in
      [try space.update(key, value: Array("3".utf8), expires: nil, as: .update)]
    }[0]
    #expect(update.node?.createdIndex == StoreIndex(2))
    #expect(update.node?.modifiedIndex == StoreIndex(3))
    #expect(update.previous?.value == Array("2".utf8))
  }

  @Test func `an updated directory keeps its indexes and its contents`() throws {
    let store = KeyValueStore()
    try store.put("d/k", "1")
    let before = store.snapshot()
    let key = try path("d")
    let deadline = Timestamp(microseconds: 7)
    let event = try apply(store) { space throws(StoreError) in
      [try space.update(key, value: nil, expires: deadline, as: .update)]
    }[0]
    #expect(event.index == StoreIndex(2) && event.node?.expiration == deadline)
    let info = try store.get(key).node.info
    #expect(info.modifiedIndex == StoreIndex(1) && info.expiration == deadline)
    try store.put("d/l", "2")
    #expect(try store.names("d") == ["k", "l"])
    #expect(before.entries.map(\.path.description) == ["/d", "/d/k"])
    #expect(throws: StoreError.notAFile(key)) {
      try apply(store) { space throws(StoreError) in
        [try space.update(key, value: [], expires: nil, as: .update)]
      }
    }
  }

  @Test func `an error names the first missing part, or the file in the way`() throws {
    let store = KeyValueStore()
    try store.put("a/file", "1")
    func error(_ key: String) throws -> StoreError? {
      do throws(KeyValueStore.Missing) {
        _ = try store.get(try! path(key))
        return nil
      } catch { return error.error }
    }
    #expect(try error("x/y/z") == .keyNotFound(path("x")))
    #expect(try error("a/y/z") == .keyNotFound(path("a/y")))
    #expect(try error("a/file/z/w") == .notADirectory(path("a/file")))
    #expect(try error("a/file") == nil)
    let refused = try store.put("a/file/z", "1")
    #expect(throws: StoreError.notADirectory(try path("a/file"))) { try refused.result.get() }
    #expect(refused.storeIndex == StoreIndex(1))
  }

  @Test func `the root can be neither written nor removed`() throws {
    let store = KeyValueStore()
    #expect(throws: StoreError.notAFile(.root)) { try store.put("/", "1").result.get() }
    let put = AdHoc { s throws(StoreError) in
      [try s.put(.directory, at: .root, expires: nil, as: .set)]
    }
    let update = AdHoc { s throws(StoreError) in
      [try s.update(.root, value: nil, expires: nil, as: .update)]
    }
    let remove = AdHoc { s throws(StoreError) in [try s.remove(.root, as: .delete)] }
    for command in [put, update, remove] {
      #expect(throws: StoreError.rootIsReadOnly) { try store.applyNext(command).result.get() }
    }
    #expect(store.storeIndex == .zero)
  }

  @Test func `a directory may take a file's place`() throws {
    let store = KeyValueStore()
    try store.put("d", "1")
    let key = try path("d")
    let event = try apply(store) { space throws(StoreError) in
      [try space.put(.directory, at: key, expires: nil, as: .set)]
    }[0]
    #expect(event.previous?.value == Array("1".utf8))
    #expect(store.fileCount == 0)
    try store.put("d/k", "2")
    #expect(try store.value("d/k") == "2")
  }

  @Test func `a removal is one event that knows all it took`() throws {
    let store = KeyValueStore()
    for key in ["d/a", "d/e/b", "d/_h", "dd"] { try store.put(key, "1") }
    let key = try path("d")
    let events = try apply(store) { space throws(StoreError) in
      [try space.remove(key, as: .delete)]
    }
    #expect(events.count == 1)
    let event = events[0]
    #expect(event.previous?.isDirectory == true && event.node == nil)
    for key in ["d", "d/_h", "d/a", "d/e", "d/e/b"] { #expect(try event.removes(path(key))) }
    #expect(try !event.removes(path("d/x")) && !event.removes(path("dd")))
    #expect(try !event.removes(path("d/a/x")))
    #expect(store.fileCount == 1)
    let put = try store.put("d/a", "2").result.get()[0]
    #expect(try !put.removes(path("d/a")))
  }

  @Test func `what is due comes out in order of time, then of path`() throws {
    let store = KeyValueStore()
    @Sendable func time(_ t: Int64) -> Timestamp { Timestamp(microseconds: t) }
    try store.put("c", "1", expires: time(20))
    try store.put("b", "1", expires: time(10))
    try store.put("a", "1", expires: time(10))
    try store.put("never", "1")
    try store.put("gone", "1", expires: time(5))
    try store.delete("gone")
    try store.put("kept", "1", expires: time(5))
    try store.put("kept", "2")
    #expect(store.nextExpiration == time(10))
    let events = try apply(store) { space throws(StoreError) in
      var events: [Event] = []
      while let path = space.nextDue(at: time(15)) {
        events.append(try space.remove(path, as: .expire))
      }
      return events
    }
    #expect(events.map(\.path.description) == ["/a", "/b"])
    #expect(events.map(\.index.rawValue) == [9, 10])
    #expect(store.nextExpiration == time(20))
  }

  @Test func `a removed directory takes the deadlines beneath it along`() throws {
    let store = KeyValueStore()
    for i in 0..<100 {
      try store.put("d/e\(i)/k", "1", expires: Timestamp(microseconds: Int64(i)))
    }
    let key = try path("d")
    _ = try apply(store) { space throws(StoreError) in [try space.remove(key, as: .delete)] }
    #expect(store.nextExpiration == nil)
    #expect(store.fileCount == 0)
  }

  @Test func `two nodes with one deadline are two`() throws {
    let store = KeyValueStore()
    try store.put("a/b", "1")
    let deadline = Timestamp(microseconds: 1)
    for key in [try path("a"), try path("a/b")] {
      _ = try apply(store) { space throws(StoreError) in
        [try space.update(key, value: nil, expires: deadline, as: .update)]
      }
    }
    let first = try path("a/b")
    _ = try apply(store) { space throws(StoreError) in [try space.remove(first, as: .delete)] }
    #expect(store.nextExpiration == deadline)
  }
}
