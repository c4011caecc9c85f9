import CostSupport
import RunSupport
import Store
import Testing

@testable import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct EventHistoryTests {
  @Test func `bytes are bounded as well as events`() throws {
    let store = KeyValueStore()
    // The first value was not there before: its event holds half as much.
    let events = try (1...12).map { _ in
      try store.put("k", String(repeating: "v", count: 1_000))
    }
    let size = events[1].heldBytes
    for limit in 0..<8 {
      for spare in [-1, 0, size - 1] where limit > 0 || spare >= 0 {
        var history = EventHistory(after: .zero, byteLimit: limit * size + spare)
        for event in events { history.append(event) }
        let kept = UInt64(spare < 0 ? limit - 1 : limit)
        let oldest = StoreIndex(13 - kept)
        #expect(history.knownFrom == oldest)
        let told = try history.events(from: oldest, at: path("k"), isRecursive: false)
        #expect(told.count == Int(kept), "limit \(limit), spare \(spare)")
        #expect(throws: WatchError.cleared(oldest: oldest)) {
          try history.events(from: StoreIndex(12 - kept), at: path("k"), isRecursive: false)
        }
      }
    }
  }

  // 771 MB, when only events were counted.
  @Test func `many large values do not fill the memory`() async {
    await #expect(processExitsWith: .success) {
      showErrors()
      let store = KeyValueStore()
      let hub = WatchHub(observing: store)
      let key = try path("k")
      let before = try Memory.peak
      for number in 0..<150 {
        _ = store.applyNext(Put(key, Array(repeating: UInt8(number), count: 5 << 20)))
      }
      #expect(try Memory.peak - before < 2 * EventHistory.byteLimit)
      #expect(throws: WatchError.self) { try hub.watch(WatchRequest(key, from: StoreIndex(1))) }
      #expect(
        try await hub.watch(WatchRequest(key, from: StoreIndex(150))).next().index.rawValue == 150)
    }
  }

  @Test func `a ring of any size tells all from an index on, or that it cannot`() throws {
    let store = KeyValueStore()
    let events = try (1...12).map { try store.put($0.isMultiple(of: 3) ? "other" : "k") }
    for capacity in 1...6 {
      var history = EventHistory(after: .zero, capacity: capacity)
      for count in 0...events.count {
        if count > 0 { history.append(events[count - 1]) }
        let oldest = max(1, count - capacity + 1)
        for from in 0...count + 2 {
          let comment: Comment = "capacity \(capacity), \(count) events, from \(from)"
          let index = StoreIndex(UInt64(from))
          if from < oldest {
            #expect(throws: WatchError.cleared(oldest: StoreIndex(UInt64(oldest))), comment) {
              try history.events(from: index, at: path("k"), isRecursive: false)
            }
          } else {
            let told = try history.events(from: index, at: path("k"), isRecursive: false)
            let wanted = events[..<count].filter { $0.index >= index && $0.path.name == [0x6B] }
            #expect(told.map(\.index) == wanted.map(\.index), comment)
          }
        }
      }
    }
  }
}
