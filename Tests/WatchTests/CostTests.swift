import CostSupport
import RunSupport
import Store
import Testing

@testable import Watch

/// What an event costs those who wait: four times as many of them, or four times the depth, may
/// cost four times as much, never sixteen times.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct CostTests {
  private struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let size: Int
    let prepare: @Sendable (Int) throws -> Watched
    let work: @Sendable (Watched) throws -> Void
  }

  /// A store, and watches of it that end with this.
  private struct Watched {
    let store = KeyValueStore()
    let hub: WatchHub
    var watches: [Watch] = []

    init() { hub = WatchHub(observing: store) }

    mutating func watch(_ key: String, recursive: Bool = false, stream: Bool = false) throws {
      watches.append(
        try hub.watch(WatchRequest(path(key), isRecursive: recursive, isStream: stream)))
    }
  }

  private static let rows = [
    Row(testDescription: "watchers of one key", size: 300) { count in
      var watched = Watched()
      for _ in 0..<count { try watched.watch("a") }
      return watched
    } work: {
      try $0.store.put("a", "1")
    },
    Row(testDescription: "watchers of other keys, which begin and end", size: 300) { count in
      var watched = Watched()
      for number in 0..<count { try watched.watch("a/\(number)") }
      return watched
    } work: { watched in
      for _ in 0..<watched.watches.count { try watched.store.put("b", "1") }
    },
    Row(testDescription: "watchers of every directory above a deep key", size: 64) { depth in
      var watched = Watched()
      for above in 1..<depth {
        try watched.watch(LimitKeys.nested(above), recursive: true, stream: true)
      }
      return watched
    } work: { watched in
      let key = LimitKeys.nested(watched.watches.count + 1)
      for _ in 0..<20 { try watched.store.put(key, "1") }
    },
    Row(testDescription: "watchers beneath a directory that is removed", size: 200) { count in
      var watched = Watched()
      for number in 0..<count {
        try watched.store.put("a/\(number)/b", "1")
        try watched.watch("a/\(number)/b")
      }
      return watched
    } work: {
      try $0.store.remove("a")
    },
  ]

  @Test(arguments: rows)
  private func `an event costs only the watchers it reaches`(row: Row) throws {
    let growth = try Growth.ofTime(from: row.size, rounds: 3, prepare: row.prepare, row.work)
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  @Test func `watches begin and end in time that grows with them`() throws {
    let growth = try Growth.ofTime(from: 300, rounds: 3) {
      $0
    } _: { count in
      var watched = Watched()
      for number in 0..<count { try watched.watch("a/\(number % 7)") }
      watched.watches = []
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }

  @Test func `a stream that begins in the past is read in time that grows with that`() throws {
    let growth = try Growth.ofTime(from: 200, rounds: 3) { count in
      let watched = Watched()
      for number in 0..<count { try watched.store.put("a", "\(number)") }
      return (watched, count)
    } _: { (watched, count) in
      let request = WatchRequest(try path("a"), from: StoreIndex(1), isStream: true)
      let watch = try watched.hub.watch(request)
      var told = 0
      while watch.watcher.popFirst() != nil { told += 1 }
      #expect(told == count)
    }
    #expect(growth < Growth.limit, "four times as much took \(growth) times as long")
  }
}
