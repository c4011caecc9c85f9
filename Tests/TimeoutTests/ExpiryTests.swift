import RunSupport
import Store
import Testing

@testable import Timeout

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ExpiryTests {
  let store = KeyValueStore()
  let clock = ManualClock()
  let time: ManualTime
  let proposer: DirectProposer

  init() {
    time = ManualTime(clock)
    proposer = DirectProposer(store, time: time)
  }

  private func put(_ key: String, ttl: Int64?) async throws {
    _ = try await proposer.propose(Put(Path(Array(key.utf8)), [], timeToLive: ttl)).result.get()
  }

  private func expirer(inCharge: Bool = true) -> Expirer<ManualClock> {
    Expirer(store, proposer, time: time, clock: clock, isInCharge: { inCharge })
  }

  @Test func `keys vanish by a command when their time comes, not before`() async throws {
    try await put("a", ttl: 5)
    try await put("b", ttl: 3)
    try await put("c", ttl: nil)
    let expirer = expirer()
    async let running: Void = expirer.run()
    func pass(_ duration: Duration) async {
      await clock.sleeperComes()
      clock.advance(by: duration)
      await clock.sleeperComes()
    }
    await pass(.milliseconds(2_900))
    #expect(store.fileCount == 3)
    #expect(store.appliedIndex == LogIndex(3), "nothing is proposed when nothing is due")
    await pass(.milliseconds(100))
    #expect(store.fileCount == 2)
    await pass(.seconds(10))
    #expect(store.fileCount == 1)
    #expect(store.storeIndex == StoreIndex(5))
    withUnsafeCurrentTask { $0?.cancel() }
    await running
  }

  @Test func `many keys due at once go in portions, each an event`() async throws {
    for i in 0..<2_500 { try await put("k\(i)", ttl: 1) }
    let before = store.appliedIndex
    clock.advance(by: .seconds(1))
    try await expirer().expireDue()
    #expect(store.fileCount == 0)
    #expect(store.appliedIndex - before == 3)
    #expect(store.storeIndex == StoreIndex(5_000))
  }

  @Test func `an expirer that is not in charge expires nothing`() async throws {
    try await put("k", ttl: 1)
    clock.advance(by: .seconds(2))
    try await expirer(inCharge: false).expireDue()
    #expect(store.fileCount == 1)
  }

  @Test func `the same log expires the same keys, whatever the clock says later`() throws {
    let noon = Timestamp(microseconds: 1_000_000)
    struct At: TimeSource { let now: Timestamp }
    func run() throws -> [String] {
      let store = KeyValueStore()
      for (key, ttl) in [("a", Int64(0)), ("b", 1), ("c", 2)] {
        var put = Put(try Path(Array(key.utf8)), [], timeToLive: ttl)
        put.stamp(by: At(now: noon))
        _ = store.applyNext(put)
      }
      var expire = Expire()
      expire.stamp(by: At(now: noon.adding(seconds: 1)))
      expire.stamp(by: At(now: noon.adding(seconds: 100)))
      let events = try store.applyNext(expire).result.get()
      #expect(events.allSatisfy { $0.action == .expire })
      return events.map(\.path.description)
    }
    #expect(try run() == ["/a", "/b"])
    #expect(try run() == ["/a", "/b"])
  }

  @Test func `an expired directory takes its contents along, in one event`() async throws {
    try await put("d/a", ttl: nil)
    try await put("d/b", ttl: 1)
    struct Mark: Command {
      static let name: StaticString = "mark"
      let path: Path
      func apply(to space: inout KeySpace) throws(StoreError) -> [Event] {
        [try space.update(path, value: nil, expires: Timestamp(microseconds: 1), as: .update)]
      }
      func encode(to fields: inout some FieldWriter) {}
      init(_ path: Path) { self.path = path }
      init(from fields: some FieldReader) throws(FieldError) { throw .missing("") }
    }
    _ = store.applyNext(Mark(try Path(Array("d".utf8))))
    clock.advance(by: .seconds(2))
    try await expirer().expireDue()
    #expect(store.fileCount == 0 && store.storeIndex == StoreIndex(4))
  }
}
