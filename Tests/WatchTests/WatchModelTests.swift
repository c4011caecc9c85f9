import RandomSupport
import RunSupport
import Store
import Testing

@testable import Watch

/// Whether a live watch is to be told of an event, as simply as it can be said.
private func isConcerned(_ request: WatchRequest, by event: Event) -> Bool {
  if event.isSilent { return false }
  if let from = request.from, event.index < from { return false }
  if event.path == request.path || event.took(request.path) { return true }
  let watched = request.path.description
  let beneath = watched == "/" ? "/" : watched + "/"
  let key = event.path.description
  guard request.isRecursive, key.hasPrefix(beneath) else { return false }
  return !("/" + key.dropFirst(beneath.count)).contains("/_")
}

extension Event {
  /// Whether it took away what lay at `path`, beneath its own, found by going through all of it.
  fileprivate func took(_ path: Path) -> Bool {
    guard var rest = removedDirectory?.descendants(of: self.path) else { return false }
    while rest.next() != nil {
      if rest.path == path { return true }
    }
    return false
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WatchModelTests {
  @Test(arguments: UInt64(1)...6)
  func `every watcher is told exactly what it should be, in order`(seed: UInt64) async throws {
    var random = SeededRandom(seed)
    let store = KeyValueStore()
    let hub = WatchHub(observing: store)
    struct Observed {
      let watch: Watch
      let request: WatchRequest
      /// What it is to be told of and has not fetched yet.
      var expected: [StoreIndex] = []
      /// Whether it has had the one event that it gets if it is not a stream.
      var isOver = false
    }
    var watchers: [Observed] = []
    var log: [Event] = []
    func randomKey() throws -> Path {
      let depth = Int.random(in: 1...4, using: &random)
      return try path(
        (0..<depth).map { _ in ["a", "b", "_h"].randomElement(using: &random) ?? "a" }
          .joined(separator: "/"))
    }
    for _ in 0..<1_200 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<3:  // one comes
        var request = WatchRequest(
          Bool.random(using: &random) ? try randomKey() : try randomKey().parent)
        request.isRecursive = Bool.random(using: &random)
        request.isStream = Bool.random(using: &random)
        if Int.random(in: 0..<3, using: &random) == 0 {
          let next = store.storeIndex.rawValue + 5
          request.from = StoreIndex(
            UInt64.random(in: (next > 30 ? next - 30 : 1)...next, using: &random))
        }
        var observed = Observed(watch: try hub.watch(request), request: request)
        if let from = request.from {
          // From history, hidden names show, and a removal reaches all that lay beneath.
          let past = log.filter { event in
            event.index >= from && !event.isSilent
              && (event.path == request.path
                || request.isRecursive && event.path.isWithin(request.path)
                || event.node == nil && event.previous?.isDirectory == true
                  && request.path.isWithin(event.path))
          }.map(\.index)
          observed.expected = request.isStream ? past : Array(past.prefix(1))
          observed.isOver = !request.isStream && !past.isEmpty
        }
        watchers.append(observed)
      case 3 where !watchers.isEmpty:  // one leaves
        watchers.remove(at: Int.random(in: 0..<watchers.count, using: &random))
      case 4 where !watchers.isEmpty:  // one reads
        let i = Int.random(in: 0..<watchers.count, using: &random)
        try await drain(&watchers[i].expected, watchers[i].watch)
      default:
        let key = try randomKey()
        let command: any Command =
          switch Int.random(in: 0..<10, using: &random) {
          case 0: Remove(key)
          case 1: Remove(key.parent, as: .expire)
          case 2: Refresh(key)
          default: Put(key, [])
          }
        guard case .success(let events) = store.applyNext(command).result else { continue }
        log += events
        for event in events {
          for i in watchers.indices where isConcerned(watchers[i].request, by: event) {
            if watchers[i].isOver { continue }
            watchers[i].expected.append(event.index)
            watchers[i].isOver = !watchers[i].request.isStream
          }
        }
      }
    }
    for i in watchers.indices { try await drain(&watchers[i].expected, watchers[i].watch) }

    func drain(_ expected: inout [StoreIndex], _ watch: Watch) async throws {
      for index in expected {
        if !watch.hasBacklog, watch.watcher.end == .overflowed { break }
        #expect(try await watch.next().index == index, "seed \(seed)")
      }
      expected = []
      #expect(!watch.hasBacklog, "seed \(seed)")
    }
  }
}
