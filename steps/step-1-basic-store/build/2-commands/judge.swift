import Store

private func path(_ key: String) throws -> Path { try Path(Array(key.utf8)) }

/// Applies a command and tells all that can be seen of it.
private func result(of command: some Command, on space: inout KeySpace) -> String {
  let before = space.index
  let events: [Event]
  do {
    events = try command.apply(to: &space)
  } catch {
    return "the error '\(error)'" + (space.index == before ? "" : ", and yet the tree has changed")
  }
  if events.isEmpty { return "no event" }
  return events.map { event in
    let old = event.previous?.value.map { ", was \(text($0))" } ?? ""
    let new = event.node?.value.map { " = \(text($0))" } ?? ""
    return "event \(event.index): \(event.action) \(event.path)\(new)\(old)"
  }.joined(separator: "; ")
}

private func tell(_ input: String, is expected: String, _ seen: () throws -> String) {
  check(input, is: expected, seen)
}

/// Does what is needed before, and judges the last command only.
private func put(_ key: String, _ value: String, after keys: [String] = []) throws -> String {
  var space = try space(with: keys)
  return result(of: Put(try path(key), Array(value.utf8)), on: &space)
}

private func delete(_ key: String, after keys: [String]) throws -> String {
  var space = try space(with: keys)
  return result(of: Delete(try path(key)), on: &space)
}

/// A tree with a file under each key, whose value is "old".
private func space(with keys: [String]) throws -> KeySpace {
  var space = KeySpace()
  for key in keys {
    _ = try space.put(.file(Array("old".utf8)), at: path(key), expires: nil, as: .set)
  }
  return space
}

func judge() async throws {
  invariant(1, "a put writes its value, and says so with one event") {
    tell("put a new", is: "event 1: set /a = new") { try put("a", "new") }
    tell("put a/b/c new", is: "event 1: set /a/b/c = new") { try put("a/b/c", "new") }
    tell("put a new; then get a", is: "new") {
      var space = KeySpace()
      _ = result(of: Put(try path("a"), Array("new".utf8)), on: &space)
      guard case .file(let file) = try space.node(at: path("a")) else { return "a directory" }
      return text(file.value)
    }
  }
  invariant(2, "a put replaces a file") {
    tell("put a old; put a new", is: "event 2: set /a = new, was old") {
      try put("a", "new", after: ["a"])
    }
  }
  invariant(3, "a put never replaces a directory, the root included, and changes nothing then") {
    tell("put a/b old; put a new", is: "the error '/a is a directory'") {
      try put("a", "new", after: ["a/b"])
    }
    tell("put / new", is: "the error '/ is a directory'") { try put("/", "new") }
    tell("put a old; put a/b new", is: "the error '/a is not a directory'") {
      try put("a/b", "new", after: ["a"])
    }
  }
  invariant(4, "a key that is given a time to live expires") {
    tell("a put whose time to live has become a moment", is: "7000000") {
      var space = KeySpace()
      var command = Put(try path("a"), Array("new".utf8), timeToLive: 5)
      command.stamp(by: FixedTime())
      _ = try command.apply(to: &space)
      return space.nextExpiration.map { "\($0.microseconds)" } ?? "it never expires"
    }
  }
  invariant(5, "a delete removes a file") {
    tell("put a old; delete a", is: "event 2: delete /a, was old") {
      try delete("a", after: ["a"])
    }
  }
  invariant(6, "to delete what is not there is no error and no event") {
    tell("delete a", is: "no event") { try delete("a", after: []) }
    tell("put b old; delete a/b/c", is: "no event") { try delete("a/b/c", after: ["b"]) }
    tell("put a old; delete a/b", is: "no event") { try delete("a/b", after: ["a"]) }
  }
  invariant(7, "a delete never removes a directory") {
    tell("put a/b old; delete a", is: "the error '/a is a directory'") {
      try delete("a", after: ["a/b"])
    }
    tell("delete /", is: "the error '/ is a directory'") { try delete("/", after: []) }
  }
}

private struct FixedTime: TimeSource {
  var now: Timestamp { Timestamp(microseconds: 2_000_000) }
}
