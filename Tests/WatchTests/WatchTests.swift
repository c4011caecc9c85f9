import RunSupport
import Store
import Testing

@testable import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WatchTests {
  let store = KeyValueStore()
  let hub: WatchHub

  init() { hub = WatchHub(observing: store) }

  private func watch(
    _ key: String, recursive: Bool = false, from index: UInt64? = nil, stream: Bool = false
  ) throws -> Watch {
    try hub.watch(
      WatchRequest(
        path(key), isRecursive: recursive, from: index.map { StoreIndex($0) }, isStream: stream))
  }

  /// What a watch has been told of so far, without waiting.
  private func told(_ watch: Watch) async throws -> [UInt64] {
    var indexes: [UInt64] = []
    while watch.hasBacklog { indexes.append(try await watch.next().index.rawValue) }
    return indexes
  }

  @Test func `a put wakes the watcher of its key`() async throws {
    let watch = try watch("status")
    async let event = watch.next()
    try store.put("other")
    try store.put("status", "ready")
    let told = try await event
    #expect(told.index == StoreIndex(2) && told.node?.value == Array("ready".utf8))
    #expect(hub.count == 0, "one that is not a stream is over after its event")
  }

  @Test func `an event between two waits is not lost`() async throws {
    let watch = try watch("k", stream: true)
    for i in 1...5 { try store.put("k", "\(i)") }
    #expect(try await told(watch) == [1, 2, 3, 4, 5])
    try store.put("k")
    #expect(try await watch.next().index == StoreIndex(6))
  }

  @Test func `a recursive watch hears of what is beneath, another does not`() async throws {
    let recursive = try watch("d", recursive: true, stream: true)
    let plain = try watch("d", stream: true)
    let root = try watch("/", recursive: true, stream: true)
    for key in ["d/x", "dd", "d/e/y", "z"] { try store.put(key) }
    #expect(try await told(recursive) == [1, 3])
    #expect(try await told(plain) == [])
    #expect(try await told(root) == [1, 2, 3, 4])
  }

  @Test func `hidden names reach only watchers of them or of keys inside`() async throws {
    let above = try watch("d", recursive: true, stream: true)
    let hidden = try watch("d/_h", recursive: true, stream: true)
    let inside = try watch("d/_h/k", stream: true)
    let deeper = try watch("d/_h/_i", recursive: true, stream: true)
    try store.put("d/_h/k")
    try store.put("d/_h/_i/k")
    try store.put("d/a_b")
    #expect(try await told(above) == [3])
    #expect(try await told(hidden) == [1])
    #expect(try await told(inside) == [1])
    #expect(try await told(deeper) == [2])
    let past = try watch("d", recursive: true, from: 1, stream: true)
    #expect(try await told(past) == [1, 2, 3], "history shows hidden events, as etcd's does")
  }

  @Test func `a removed directory reaches watchers of what it held, and of nothing else`()
    async throws
  {
    for key in ["d/a", "d/e/b", "d/_h"] { try store.put(key) }
    let keys = ["d", "d/a", "d/e", "d/e/b", "d/_h", "d/missing", "d/a/x", "dd"]
    let watches = try keys.map { try watch($0, stream: true) }
    let recursive = try watch("d/e", recursive: true, stream: true)
    try store.remove("d")
    var concerned: [String] = []
    for (key, watch) in zip(keys, watches) where watch.hasBacklog {
      let event = try await watch.next()
      #expect(event.path == (try path("d")), "the event is the directory's")
      #expect(!watch.hasBacklog, "once")
      concerned.append(key)
    }
    #expect(concerned == ["d", "d/a", "d/e", "d/e/b", "d/_h"])
    #expect(try await told(recursive) == [4])
  }

  /// It would otherwise be in memory for as long as the slowest client takes to read.
  @Test func `a watcher that is told of a removal does not keep what was removed`() async throws {
    try store.put("d/a")
    let backlog = try watch("d", stream: true)
    let waiting = try watch("d/a", stream: true)
    async let event = waiting.next()
    while !waiting.isWaiting { try await Task.sleep(for: .milliseconds(1)) }
    weak var removed: Directory?
    removed = try store.remove("d").removedDirectory
    #expect(removed == nil)
    #expect(backlog.hasBacklog)
    #expect(try await event.removedDirectory == nil)
    #expect(try await backlog.next().removedDirectory == nil)
  }

  @Test func `a silent event is neither told nor remembered`() async throws {
    try store.put("k")
    let watch = try watch("k", stream: true)
    _ = store.applyNext(Refresh(try path("k")))
    try store.put("k")
    #expect(try await told(watch) == [3])
    #expect(try await self.watch("k", from: 2).next().index == StoreIndex(3))
  }

  @Test func `a past index is answered from history, once or from there on`() async throws {
    for i in 1...6 { try store.put(i.isMultiple(of: 2) ? "k" : "other") }
    let once = try watch("k", from: 3)
    #expect(once.storeIndex == StoreIndex(6) && hub.count == 0)
    #expect(try await once.next().index == StoreIndex(4))
    let stream = try watch("k", from: 3, stream: true)
    try store.put("k")
    #expect(try await told(stream) == [4, 6, 7])
    let live = try watch("new", from: 1)
    try store.put("new")
    #expect(try await live.next().index == StoreIndex(8), "nothing in history: it goes live")
  }

  @Test func `a future index waits for it`() async throws {
    let watch = try watch("k", from: 3)
    for _ in 1...4 { try store.put("k") }
    #expect(try await watch.next().index == StoreIndex(3))
  }

  @Test func `a cleared index is an error of its own, its edge is served`() async throws {
    for _ in 1...1_005 { try store.put("k") }
    #expect(throws: WatchError.cleared(oldest: StoreIndex(6))) { try watch("k", from: 5) }
    #expect(try await watch("k", from: 6).next().index == StoreIndex(6))
    #expect(try await told(watch("k", from: 6, stream: true)).count == 1_000)
  }

  @Test func `a reader that falls behind gets what was kept for it, then the end`() async throws {
    let slow = try watch("k", stream: true)
    for _ in 1...101 { try store.put("k") }
    #expect(hub.count == 0)
    #expect(try await told(slow) == Array(1...100))
    await #expect(throws: WatchError.overflowed) { try await slow.next() }
  }

  @Test func `a released watch is removed`() throws {
    var watches = try (0..<10).map { try watch("d/e\($0)/k", stream: true) }
    #expect(hub.count == 10)
    watches.removeLast(4)
    #expect(hub.count == 6)
    watches = []
    #expect(hub.count == 0)
  }

  @Test func `a stream's backlog is bounded by bytes as well`() async throws {
    let watch = try watch("k", stream: true)
    let value = String(repeating: "v", count: 5 << 20)
    // The value before counts too, and the first had none: 5, 10 and 10 MiB.
    for _ in 0..<3 { try store.put("k", value) }
    for index in UInt64(1)...2 { #expect(try await watch.next().index == StoreIndex(index)) }
    await #expect(throws: WatchError.overflowed) { try await watch.next() }
    #expect(hub.count == 0)
    // One alone may be of any size.
    let another = try self.watch("k", stream: true)
    try store.put("k", String(repeating: "v", count: 20 << 20))
    #expect(try await another.next().index == StoreIndex(4))
  }

  @Test func `a cancelled wait ends, and its watch with it`() async throws {
    let watch = try watch("k", stream: true)
    let task = Task { () async throws(WatchError) -> Event in try await watch.next() }
    task.cancel()
    await #expect(throws: WatchError.cancelled) { try await task.value }
    #expect(hub.count == 0)
  }

  @Test func `closing ends every watch and refuses new ones`() async throws {
    let waiting = try watch("k")
    let waiter = Task { () async throws(WatchError) -> Event in try await waiting.next() }
    let streaming = try watch("k", stream: true)
    while !waiting.isWaiting { try? await Task.sleep(for: .milliseconds(1)) }
    hub.close()
    await #expect(throws: WatchError.stopped) { try await waiter.value }
    await #expect(throws: WatchError.stopped) { try await streaming.next() }
    #expect(throws: WatchError.stopped) { try watch("k") }
  }

  @Test func `a restored store interrupts watches and knows no past`() async throws {
    try store.put("k")
    let watch = try watch("k", stream: true)
    store.restore(KeySpaceLoader().finish(at: StoreIndex(50)), applied: LogIndex(9))
    await #expect(throws: WatchError.interrupted) { try await watch.next() }
    #expect(throws: WatchError.cleared(oldest: StoreIndex(51))) { try self.watch("k", from: 50) }
    try store.put("k")
    #expect(try await self.watch("k", from: 51).next().index == StoreIndex(51))
  }
}

extension Watch {
  var hasBacklog: Bool { !watcher.backlog.isEmpty }
  var isWaiting: Bool { watcher.continuation != nil }
}
