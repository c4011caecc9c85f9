import JSON
import RandomSupport
import RunSupport
import Store
import Testing
import WAL

@testable import Watch

/// A store and its hub, which a snapshot can be taken of and loaded into.
private struct Watched {
  let store = KeyValueStore()
  let hub: WatchHub

  init() { hub = WatchHub(observing: store) }

  /// The lines of its snapshot, as the loader is given them.
  var lines: [String] {
    let head = #"{"storeIndex":\#(store.storeIndex)}"#
    return [head] + history.map { #"{"history":\#($0)}"# }
  }

  var history: [String] {
    hub.capture().map { line in
      var bytes: [UInt8] = []
      line(&bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  func load(_ lines: [String], sections: [any SnapshotSection]? = nil) throws(JournalError) {
    var loader = StateLoader(sections ?? [hub])
    for line in lines {
      try Array(line.utf8).withUnsafeBufferPointer { bytes throws(JournalError) in
        try loader.load(UnsafeRawBufferPointer(bytes))
      }
    }
    loader.finish().restore(store, applied: LogIndex(1))
  }

  /// What a watcher of `path` from `index` on is told first, and what one is told that streams.
  func answers(from index: UInt64, at path: Path) -> [String] {
    [false, true].map { isRecursive in
      do {
        let events = try hub.history.events(
          from: StoreIndex(index), at: path, isRecursive: isRecursive)
        return events.map { "\($0)" }.joined(separator: "\n")
      } catch { return "\(error)" }
    }
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct HistorySnapshotTests {
  private static let keys = ["a", "d/x", "d/_h", "d/e/f", "d", "_h/k", "w/deep/k"]

  /// Does one thing at random, the same at all of them.
  private func change(_ all: [Watched], by random: inout SeededRandom) throws {
    let key = try path(Self.keys[Int.random(in: Self.keys.indices, using: &random)])
    let value = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    let command: any Command =
      switch Int.random(in: 0..<6, using: &random) {
      case 0: Delete(key)
      case 1: Remove(key, as: .expire)
      case 2: Refresh(key)
      case 3:
        Put(key, value, timeToLive: 60).stamped(at: Int64.random(in: 0..<1 << 50, using: &random))
      default: Put(key, value)
      }
    for each in all { _ = each.store.applyNext(command) }
  }

  @Test(arguments: seeds)
  func `a history comes back from a snapshot as it was, and goes on in the same way`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    for length in [0, 1, 5, 40, 1_100] {
      let first = Watched()
      for _ in 0..<length { try change([first], by: &random) }
      let second = Watched()
      // It has a past, of which nothing may be left.
      try second.store.put("other", "1")
      try second.load(first.lines)
      #expect(second.store.storeIndex == first.store.storeIndex)
      // The tree is not in those lines: only what needs none may go on.
      for round in 0..<2 {
        #expect(second.history == first.history)
        for index in 0...first.store.storeIndex.rawValue + 2 {
          for key in [.root] + (try Self.keys.map(path)) where length < 100 || index % 97 == 0 {
            #expect(
              second.answers(from: index, at: key) == first.answers(from: index, at: key),
              "from \(index) at \(key), round \(round)")
          }
        }
        for number in 0..<30 {
          for each in [first, second] { try each.store.put("new\(round)-\(number)", "\(number)") }
        }
      }
    }
  }

  @Test func `a watcher that was away goes on after the snapshot is loaded`() async throws {
    let first = Watched()
    for number in 1...9 { try first.store.put("k", "\(number)") }
    let second = Watched()
    try second.load(first.lines)
    let watch = try second.hub.watch(
      WatchRequest(path("k"), from: StoreIndex(5), isStream: true))
    for number in 5...9 {
      #expect(try await watch.next().node?.value == Array("\(number)".utf8))
    }
    try second.store.put("k", "10")
    #expect(try await watch.next().index == StoreIndex(10))
  }

  @Test func `a snapshot without a history leaves none of before`() async throws {
    let watched = Watched()
    for _ in 1...3 { try watched.store.put("k") }
    try watched.load([#"{"storeIndex":2}"#])
    #expect(throws: WatchError.cleared(oldest: StoreIndex(3))) {
      try watched.hub.watch(WatchRequest(path("k"), from: StoreIndex(2)))
    }
    // Nor is what was restored once there a second time.
    try watched.load([#"{"storeIndex":9}"#, #"{"history":{"from":4}}"#])
    #expect(watched.hub.history.knownFrom == StoreIndex(4))
    try watched.load([#"{"storeIndex":9}"#])
    #expect(watched.hub.history.knownFrom == StoreIndex(10))
  }

  @Test func `a history larger than this program's keeps its newest events`() throws {
    let event = #"{"index":NUMBER,"action":"delete","key":"/k"}"#
    let events = (1...EventHistory.capacity + 5).map {
      event.replacing("NUMBER", with: "\($0)")
    }
    let watched = Watched()
    try watched.load(
      [#"{"storeIndex":\#(events.count)}"#]
        + ([#"{"from":1}"#] + events).map { #"{"history":\#($0)}"# })
    #expect(watched.hub.history.knownFrom == StoreIndex(6))
    #expect(watched.hub.history.events.count == EventHistory.capacity)
  }

  @Test(arguments: [
    #"{}"#, #"{"from":0}"#, #"{"from":9}"#, #"{"from":-1}"#, #"{"from":4503599627370496}"#,
    #"{"from":18446744073709551615}"#, #"{"from":"1"}"#, #"[]"#, #"null"#,
    #"{"index":1,"action":"set","key":"/a"}"#,
    #"{"from":1}|{"from":1}"#,
    #"{"from":1}|{"index":8,"action":"set","key":"/a"}"#,
    #"{"from":3}|{"index":2,"action":"set","key":"/a"}"#,
    #"{"from":1}|{"index":2,"action":"set","key":"/a"}|{"index":2,"action":"set","key":"/a"}"#,
    #"{"from":1}|{"index":1,"action":"sets","key":"/a"}"#,
    #"{"from":1}|{"index":1,"action":"set"}"#, #"{"from":1}|{"index":1,"key":"/a"}"#,
    #"{"from":1}|{"index":1,"action":"set","key":"/../a"}"#,
    #"{"from":1}|{"index":1,"action":"set","key":"/a","node":{}}"#,
    #"{"from":1}|{"index":1,"action":"set","key":"/a","node":null}"#,
    #"{"from":1}|{"index":1,"action":"set","key":"/a","previous":{"created":1,"modified":-1}}"#,
  ])
  func `lines that no history has are refused`(lines: String) {
    let watched = Watched()
    let error = #expect(throws: JournalError.self) {
      try watched.load(
        [#"{"storeIndex":7}"#] + lines.split(separator: "|").map { #"{"history":\#($0)}"# })
    }
    guard case .writtenByLaterStep = error else {
      _ = Issue.record("\(error as Any)")
      return
    }
  }

  @Test func `a program without watchers refuses a snapshot that has a history`() {
    let error = #expect(throws: JournalError.self) {
      try Watched().load([#"{"storeIndex":7}"#, #"{"history":{"from":1}}"#], sections: [])
    }
    #expect(
      error?.description
        == "unknown line {\"history\":{\"from\":1}}: written by a later step of the course; "
        + "choose another directory with -data-dir")
  }

  @Test func `what a snapshot holds of the history is bounded`() throws {
    let watched = Watched()
    let value = String(repeating: "v", count: 1 << 20)
    for number in 0..<200 { try watched.store.put("k\(number % 3)", value) }
    let bytes = watched.history.reduce(0) { $0 + $1.utf8.count }
    #expect(bytes > EventHistory.byteLimit / 2 && bytes <= EventHistory.byteLimit)
  }
}

extension Put {
  fileprivate func stamped(at microseconds: Int64) -> Put {
    struct Fixed: TimeSource { let now: Timestamp }
    var put = self
    put.stamp(by: Fixed(now: Timestamp(microseconds: microseconds)))
    return put
  }
}
