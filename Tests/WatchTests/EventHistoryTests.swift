import Store
import Testing

@testable import Watch

@Suite(.timeLimit(.minutes(5))) struct EventHistoryTests {
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
