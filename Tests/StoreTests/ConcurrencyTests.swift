import RunSupport
import Store
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct ConcurrencyTests {
  @Test func `readers on other threads see whole states while one writes`() async throws {
    let store = KeyValueStore()
    let a = try path("pair/a")
    let b = try path("pair/b")
    let last = try path("last")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for i in 0..<3_000 {
          let value = Array("\(i)".utf8)
          _ = store.applyNext(
            AdHoc { space throws(StoreError) in
              [
                try space.put(.file(value), at: a, expires: nil, as: .set),
                try space.put(.file(value), at: b, expires: nil, as: .set),
              ]
            })
        }
        _ = store.applyNext(Put(last, []))
      }
      for _ in 0..<2 {
        group.addTask {
          repeat {
            let values = store.snapshot().entries.filter { $0.path != last }.compactMap(
              \.info.value)
            #expect(Set(values).count <= 1, "both files were written by one command")
            await Task.yield()
          } while (try? store.get(last)) == nil
        }
      }
      try await group.waitForAll()
    }
    #expect(store.storeIndex == StoreIndex(6_001))
  }

  @Test func `observers hear every event once and in order, with several writers`() async throws {
    let store = KeyValueStore()
    let recorder = Recorder()
    store.observe(recorder)
    let proposer = DirectProposer(store, time: FixedTime(now: Timestamp(microseconds: 1_000_000)))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for i in 0..<500 {
            _ = try await proposer.propose(Put(path("w\(writer)/\(i % 20)"), []))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(store.snapshot().storeIndex == StoreIndex(2_000))
    #expect(recorder.events.map(\.index.rawValue) == Array(1...2_000))
  }

  @Test func `the proposer stamps what is relative to now`() async throws {
    let store = KeyValueStore()
    let proposer = DirectProposer(store, time: FixedTime(now: Timestamp(microseconds: 1_000_000)))
    let outcome = try await proposer.propose(Put(path("k"), [], timeToLive: 5))
    #expect(
      try outcome.result.get()[0].node?.expiration == Timestamp(microseconds: 1_000_000 + 5_000_000)
    )
    #expect(Timestamp(microseconds: 0).adding(seconds: .max) == Timestamp(microseconds: .max))
    #expect(Timestamp(microseconds: -9).adding(seconds: .min) == Timestamp(microseconds: .min))
  }
}
