import Store
import Timeout

private struct Clock: TimeSource {
  var now: Timestamp
  init(_ seconds: Int64) { now = Timestamp(microseconds: seconds * 1_000_000) }
}

private func path(_ key: String) throws -> Path { try Path(Array(key.utf8)) }

/// A tree whose files expire at these seconds; nil for never.
private func space(_ keys: [(String, Int64?)]) throws -> KeySpace {
  var space = KeySpace()
  for (key, seconds) in keys {
    _ = try space.put(
      .file([]), at: path(key), expires: seconds.map { Clock($0).now }, as: .set)
  }
  return space
}

/// What is removed at a time, in order.
private func expired(
  _ keys: [(String, Int64?)], at stamps: [Int64], limit: Int64 = Expire.limit
) throws -> String {
  var space = try space(keys)
  var command = Expire(limit: limit)
  for seconds in stamps { command.stamp(by: Clock(seconds)) }
  let events = try command.apply(to: &space)
  if let wrong = events.first(where: { $0.action != .expire }) {
    return "a \(wrong.action) of \(wrong.path)"
  }
  return events.isEmpty ? "nothing" : events.map { "\($0.path)" }.joined(separator: " ")
}

func judge() async throws {
  let keys: [(String, Int64?)] = [("c", 3), ("a", 5), ("b", 1), ("d", nil), ("e", 3)]
  invariant(1, "what is due is removed, each with an event of its own, and nothing else") {
    check("c at 3, a at 5, b at 1, d never, e at 3; the time is 0", is: "nothing") {
      try expired(keys, at: [0])
    }
    check("the time is 2", is: "/b") { try expired(keys, at: [2]) }
  }
  invariant(2, "the earliest goes first; of two that are due at once, the first by path") {
    check("the time is 9", is: "/b /c /e /a") { try expired(keys, at: [9]) }
  }
  invariant(3, "a key is due at its very time") {
    check("the time is 3", is: "/b /c /e") { try expired(keys, at: [3]) }
  }
  invariant(4, "one command removes no more than its limit, and the next goes on") {
    check("the time is 9, the limit 2", is: "/b /c") { try expired(keys, at: [9], limit: 2) }
    check("the time is 9, the limit 0", is: "nothing") { try expired(keys, at: [9], limit: 0) }
    check("the time is 9, the limit 4", is: "/b /c /e /a") { try expired(keys, at: [9], limit: 4) }
  }
  invariant(5, "the time is stamped once: a command that is ordered again keeps it") {
    check("stamped at 2, and again at 9", is: "/b") { try expired(keys, at: [2, 9]) }
    check("what its stamp says", is: "2000000") {
      var command = Expire()
      command.stamp(by: Clock(2))
      command.stamp(by: Clock(9))
      return command.now.map { "\($0.microseconds)" } ?? "nothing"
    }
  }
  invariant(6, "a command without a stamp removes nothing") {
    check("never stamped", is: "nothing") { try expired(keys, at: []) }
  }
  invariant(7, "a directory goes with all it holds, and then none of that is due any more") {
    check("d expires at 2 with d/x, which expires at 3; the time is 9", is: "/d") {
      var space = KeySpace()
      _ = try space.put(.directory, at: path("d"), expires: Clock(2).now, as: .set)
      _ = try space.put(.file([]), at: path("d/x"), expires: Clock(3).now, as: .set)
      var command = Expire()
      command.stamp(by: Clock(9))
      return try command.apply(to: &space).map { "\($0.path)" }.joined(separator: " ")
    }
  }
}
