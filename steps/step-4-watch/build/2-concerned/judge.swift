import Store

@testable import Watch

private func path(_ key: String) throws -> Path { try Path(Array(key.utf8)) }

/// A tree of keys and a tree of watchers; a name that ends with `/…` is a recursive watcher.
private struct Scene: ~Copyable {
  private var space = KeySpace()
  private var tree = WatchTree()

  init(keys: [String], watchers: [String]) throws {
    for key in keys { _ = try space.put(.file([]), at: path(key), expires: nil, as: .set) }
    for name in watchers {
      let isRecursive = name.hasSuffix("/…")
      let key = isRecursive ? String(name.dropLast(2)) : name
      tree.insert(Watcher(WatchRequest(try path(key), isRecursive: isRecursive)))
    }
  }

  mutating func put(_ key: String) throws -> String {
    told(of: try space.put(.file([]), at: path(key), expires: nil, as: .set))
  }

  mutating func remove(_ key: String) throws -> String {
    told(of: try space.remove(path(key), as: .delete))
  }

  private func told(of event: Event) -> String {
    let names = tree.concerned(by: event).map { watcher in
      let name = watcher.request.path.description
      return watcher.request.isRecursive ? (watcher.request.path.isRoot ? "/…" : name + "/…") : name
    }
    return names.isEmpty ? "none" : names.sorted().joined(separator: " ")
  }
}

private func put(_ key: String, watchers: [String], are expected: String) {
  check("put \(key); watchers \(watchers.joined(separator: " "))", is: expected) {
    var scene = try Scene(keys: [], watchers: watchers)
    return try scene.put(key)
  }
}

private func remove(_ key: String, keys: [String], watchers: [String], are expected: String) {
  check(
    "keys \(keys.joined(separator: " ")); remove \(key); watchers \(watchers.joined(separator: " "))",
    is: expected
  ) {
    var scene = try Scene(keys: keys, watchers: watchers)
    return try scene.remove(key)
  }
}

func judge() async throws {
  invariant(1, "a watcher of the key is told, a watcher of another is not") {
    put("a", watchers: ["a", "b"], are: "/a")
    put("a/b", watchers: ["a/b", "b", "a/c", "a/b/c"], are: "/a/b")
    put("aa", watchers: ["a", "a/…"], are: "none")
    put("a", watchers: ["a", "a", "a/…"], are: "/a /a /a/…")
  }
  invariant(2, "a watcher of a directory is told of what is beneath, if it asked for that") {
    put("a/b/c", watchers: ["a/…", "a", "a/b/…", "/…", "b/…"], are: "/a/b/… /a/… /…")
  }
  invariant(3, "a hidden name is hidden from above, and not from itself") {
    put("a/_b", watchers: ["/…", "a/…", "a/_b"], are: "/a/_b")
    put("a/_b/c", watchers: ["/…", "a/…", "a/_b/…", "a/_b/c"], are: "/a/_b/c /a/_b/…")
    put("_a/b/_c/d", watchers: ["/…", "_a/…", "_a/b/…", "_a/b/_c/…"], are: "/_a/b/_c/…")
    put("a_b/c", watchers: ["/…", "a_b/…"], are: "/a_b/… /…")
  }
  invariant(4, "the removal of a directory is told to every watcher whose key it took") {
    remove(
      "d", keys: ["d/x", "d/y/z"], watchers: ["d", "d/x", "d/y/z", "d/y"],
      are: "/d /d/x /d/y /d/y/z")
    remove("d", keys: ["d/x"], watchers: ["d/x/…", "/…", "e"], are: "/d/x/… /…")
  }
  invariant(5, "a watcher beneath it, of a key that was not there, is not told") {
    remove("d", keys: ["d/x"], watchers: ["d/new", "d/x", "d/x/y"], are: "/d/x")
  }
  invariant(6, "the removal of a file takes nothing from watchers beneath") {
    remove("f", keys: ["f"], watchers: ["f", "f/x"], are: "/f")
  }
}
