import Store

@testable import Watch

private func path(_ key: String) throws -> Path { try Path(Array(key.utf8)) }

private func event(_ index: Int, _ key: String, size: Int = 1) throws -> Event {
  let index = StoreIndex(UInt64(index))
  let info = KeyInfo(
    value: [UInt8](repeating: 0x76, count: size), createdIndex: index, modifiedIndex: index,
    expiration: nil)
  return Event(
    index: index, action: .set, path: try path(key), node: info, previous: nil, isSilent: false)
}

/// The indices of the events that a watcher is told, or why it is not.
private func told(
  _ history: EventHistory, from index: Int, at key: String = "k", isRecursive: Bool = false
) throws -> String {
  let path = try path(key)
  do throws(WatchError) {
    let events = try history.events(
      from: StoreIndex(UInt64(index)), at: path, isRecursive: isRecursive)
    return events.isEmpty ? "none" : events.map { "\($0.index)" }.joined(separator: " ")
  } catch {
    guard case .cleared(let oldest) = error else { return "\(error)" }
    return "cleared, the oldest is \(oldest)"
  }
}

func judge() async throws {
  invariant(1, "events are remembered in order") {
    var history = EventHistory(after: .zero, capacity: 4)
    for index in 1...3 { history.append(try event(index, "k")) }
    check("room for 4, events 1 to 3, from 1", is: "1 2 3") { try told(history, from: 1) }
    check("room for 4, events 1 to 3, from 3", is: "3") { try told(history, from: 3) }
  }
  invariant(2, "the future is empty, not an error") {
    var history = EventHistory(after: .zero, capacity: 4)
    check("room for 4, no event, from 1", is: "none") { try told(history, from: 1) }
    history.append(try event(1, "k"))
    check("room for 4, event 1, from 2", is: "none") { try told(history, from: 2) }
    check("room for 4, event 1, from 99", is: "none") { try told(history, from: 99) }
  }
  invariant(3, "the newest event takes the oldest one's place") {
    for count in 4...12 {
      var history = EventHistory(after: .zero, capacity: 4)
      for index in 1...count { history.append(try event(index, "k")) }
      let expected = (count - 3...count).map { "\($0)" }.joined(separator: " ")
      check("room for 4, events 1 to \(count), from \(count - 3)", is: expected) {
        try told(history, from: count - 3)
      }
    }
  }
  invariant(4, "what is no longer known is refused, with the oldest that is") {
    var history = EventHistory(after: .zero, capacity: 4)
    for index in 1...6 { history.append(try event(index, "k")) }
    check("room for 4, events 1 to 6, from 2", is: "cleared, the oldest is 3") {
      try told(history, from: 2)
    }
    check("after a restart at 7, from 7", is: "cleared, the oldest is 8") {
      try told(EventHistory(after: StoreIndex(7), capacity: 4), from: 7)
    }
  }
  invariant(5, "a watcher is told only of what concerns it") {
    var history = EventHistory(after: .zero, capacity: 8)
    for (index, key) in ["a", "b", "a/x", "a", "aa"].enumerated() {
      history.append(try event(index + 1, key))
    }
    check("set a, b, a/x, a, aa; a watcher of a, from 1", is: "1 4") {
      try told(history, from: 1, at: "a")
    }
    check("a watcher of a and what is beneath, from 2", is: "3 4") {
      try told(history, from: 2, at: "a", isRecursive: true)
    }
  }
  invariant(6, "bytes are bounded: old events go until the newest has room") {
    let size = try event(1, "k", size: 100).heldBytes
    var history = EventHistory(after: .zero, capacity: 100, byteLimit: 3 * size)
    for index in 1...10 { history.append(try event(index, "k", size: 100)) }
    check("room for the bytes of 3, events 1 to 10, from 8", is: "8 9 10") {
      try told(history, from: 8)
    }
    check("room for the bytes of 3, events 1 to 10, from 7", is: "cleared, the oldest is 8") {
      try told(history, from: 7)
    }
    history.append(try event(11, "k", size: 101))
    check("an event 11 that is one byte longer, from 10", is: "10 11") {
      try told(history, from: 10)
    }
  }
  invariant(7, "an event that is too large for the history is forgotten with all before it") {
    var history = EventHistory(after: .zero, capacity: 4, byteLimit: 1_000)
    history.append(try event(1, "k"))
    history.append(try event(2, "k", size: 2_000))
    check("events 1 and a huge 2, from 2", is: "cleared, the oldest is 3") {
      try told(history, from: 2)
    }
    history.append(try event(3, "k"))
    check("and 3, from 3", is: "3") { try told(history, from: 3) }
  }
  invariant(8, "what was a directory's content is not kept") {
    var space = KeySpace()
    _ = try space.put(.file([1]), at: path("d/x"), expires: nil, as: .set)
    var history = EventHistory(after: StoreIndex(1), capacity: 4)
    history.append(try space.remove(path("d"), as: .delete))
    check("a removed directory", is: "forgotten") {
      let kept = try history.events(from: StoreIndex(2), at: path("d"), isRecursive: false)
      return kept.first?.removedDirectory == nil ? "forgotten" : "kept in memory"
    }
  }
}
