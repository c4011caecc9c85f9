import CostSupport
import RunSupport
import Store
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct PathTests {
  @Test(arguments: [
    ("cloud", "/cloud"), ("/cloud", "/cloud"), ("//cloud//", "/cloud"), ("a/b", "/a/b"),
    ("a//b/", "/a/b"), ("", "/"), ("/", "/"), ("///", "/"), ("a/.b", "/a/.b"), ("...", "/..."),
    ("a./b..", "/a./b.."), (" ", "/ "), ("é", "/é"),
  ])
  func `a key is a path whose extra slashes do not count`(key: String, expected: String) throws {
    #expect(try path(key).description == expected)
  }

  @Test(arguments: [".", "..", "a/.", "a/..", "./a", "../a", "a/./b", "a/../b", "/a/.//"])
  func `the segments . and .. are refused`(key: String) {
    #expect(throws: InvalidPath.dots) { try path(key) }
    #expect(throws: InvalidPath.dots) { try Path(logged: Array(key.utf8)[...]) }
  }

  @Test func `every key of slashes, dots and a letter names the path of its names`() {
    var keys = [""]
    for _ in 0..<7 {
      for key in keys {
        let names = key.split(separator: "/")
        let expected =
          names.contains(".") || names.contains("..") ? nil : "/" + names.joined(separator: "/")
        // Also as a part of an array, which begins and ends elsewhere.
        let part = Array("x\(key)x".utf8).dropFirst().dropLast()
        #expect((try? Path(logged: Array(key.utf8)[...]))?.description == expected, "\(key)")
        #expect((try? Path(logged: part))?.description == expected, "\(key)")
      }
      keys = keys.flatMap { key in ["/", ".", "a"].map { key + $0 } }
    }
  }

  @Test(arguments: LimitKeys.taken)
  func `a key may be as long and as deep as the limits`(key: String) throws {
    #expect(try path(key).description == "/" + key)
    // Slashes that do not count do not count here either.
    #expect(try path("//" + key.replacing("/", with: "///") + "//").description == "/" + key)
  }

  @Test(arguments: LimitKeys.refused)
  func `a key past a limit is refused with what it has and may have`(
    key: String, reason: String
  ) throws {
    for key in [key, "/" + key, key + "/"] {
      let error = #expect(throws: InvalidPath.self) { try path(key) }
      #expect(error?.description == reason)
    }
    #expect(try Path(logged: Array(key.utf8)[...]).description == "/" + key)
  }

  @Test func `a name that is to be added counts`() throws {
    let long = try path(String(repeating: "k", count: 4_096 - 21))
    try long.checkRoom(forNameOf: 20)
    #expect(throws: InvalidPath.tooLong(bytes: 4_097)) { try long.checkRoom(forNameOf: 21) }
    try path(LimitKeys.nested(255)).checkRoom(forNameOf: 20)
    #expect(throws: InvalidPath.tooDeep(segments: 257)) {
      try path(LimitKeys.deep).checkRoom(forNameOf: 20)
    }
    try Path.root.checkRoom(forNameOf: 4_096)
    #expect(throws: InvalidPath.tooLong(bytes: 4_097)) {
      try Path.root.checkRoom(forNameOf: 4_097)
    }
  }

  @Test func `a path made of many slashes keeps no memory for them`() throws {
    let key = Array(repeating: UInt8(ascii: "/"), count: 1 << 20) + [UInt8(ascii: "a")]
    #expect(try Path(key).bytes.capacity < 8_192)
  }

  @Test func `names, parent and prefix come from the bytes`() throws {
    let deep = try path("a/b/c")
    #expect(deep.segments.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "c"])
    #expect(Array(deep.name) == Array("c".utf8))
    #expect(deep.parent == (try path("a/b")))
    #expect(try path("a").parent == .root)
    #expect(Path.root.parent == .root)
    #expect(Array(Path.root.segments).isEmpty)
    #expect(Path.root.name.isEmpty)
    #expect(Path.root.appending(Array("x".utf8)) == (try path("x")))
    #expect(try path("x").appending(Array("y".utf8)) == path("x/y"))
  }

  @Test func `within is by names, not by letters`() throws {
    #expect(try path("d/x").isWithin(path("d")))
    #expect(try path("d").isWithin(path("d")))
    #expect(try path("d").isWithin(.root))
    #expect(try !path("dd").isWithin(path("d")))
    #expect(try !path("d").isWithin(path("d/x")))
  }

  @Test func `composed and decomposed forms of a letter are two keys`() throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    #expect(composed == decomposed, "Swift takes the texts for equal; the store must not")
    let store = KeyValueStore()
    try store.put(composed, "one")
    try store.put(decomposed, "two")
    #expect(try store.value(composed) == "one")
    #expect(try store.value(decomposed) == "two")
  }

  @Test func `any byte but the slash may stand in a name`() throws {
    let store = KeyValueStore()
    for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "/") {
      _ = store.applyNext(Put(try Path([0x6B, byte]), [byte]))
    }
    for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "/") {
      guard case .file(let file) = try store.get(Path([0x6B, byte])).node else {
        Issue.record("byte \(byte) is missing")
        continue
      }
      #expect(file.value == [byte])
    }
    #expect(store.fileCount == 255)
  }
}
