import Store

private func path(_ key: String) throws -> String {
  try Path(logged: Array(key.utf8)[...]).description
}

private func isWithin(_ key: String, _ other: String) throws -> String {
  let one = try Path(logged: Array(key.utf8)[...])
  return try "\(one.isWithin(Path(logged: Array(other.utf8)[...])))"
}

func judge() async throws {
  invariant(1, "a slash stands before every name") {
    for (key, expected) in [("cloud", "/cloud"), ("a/b", "/a/b"), ("/a/b/c", "/a/b/c")] {
      check("Path(logged: \"\(key)\")", is: expected) { try path(key) }
    }
  }
  invariant(2, "doubled slashes count once, those at either end do not count") {
    for (key, expected) in [("a//b", "/a/b"), ("//a", "/a"), ("a/", "/a"), ("//a///b//", "/a/b")] {
      check("Path(logged: \"\(key)\")", is: expected) { try path(key) }
    }
  }
  invariant(3, "a key of nothing but slashes, or of nothing, is the root") {
    for key in ["", "/", "///"] {
      check("Path(logged: \"\(key)\")", is: "/") { try path(key) }
    }
  }
  invariant(4, "the segments . and .. are refused, and no others") {
    for key in [".", "..", "a/.", "a/../b", "/./a", "a//..//"] {
      check("Path(logged: \"\(key)\")", is: "the error \(InvalidPath.dots)") { try path(key) }
    }
    for key in ["...", ".b", "a.", "..b", "x/.y/z.."] {
      check("Path(logged: \"\(key)\")", is: "/\(key)") { try path(key) }
    }
  }
  invariant(5, "every other byte is kept as it is") {
    for bytes: [UInt8] in [[0xC3, 0xA9], [0x65, 0xCC, 0x81], [0xFF, 0x00, 0x20]] {
      check("Path(logged: \(bytes))", is: "\([0x2F] + bytes)") {
        try "\(Path(logged: bytes[...]).bytes)"
      }
    }
    check("a slice in the middle of an array", is: "/b/c") {
      try Path(logged: Array("a/b/c/d".utf8)[2..<5]).description
    }
  }
  invariant(6, "a path is within itself, its directories and the root") {
    for other in ["d/x/y", "d/x", "d", "/"] {
      check("d/x/y is within \(other)", is: "true") { try isWithin("d/x/y", other) }
    }
    check("/ is within /", is: "true") { try isWithin("/", "/") }
  }
  invariant(7, "within is by names, not by letters") {
    for (key, other) in [
      ("dd", "d"), ("d", "dd"), ("d", "d/x"), ("/", "d"), ("e/x", "d"), ("dx/y", "d"),
    ] {
      check("\(key) is within \(other)", is: "false") { try isWithin(key, other) }
    }
  }
}
