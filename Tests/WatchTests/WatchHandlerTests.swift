import CostSupport
import HTTP
import Loop
import RunSupport
import ServingSupport
import Store
import Testing

@testable import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WatchHandlerTests {
  let store = KeyValueStore()
  let hub: WatchHub
  var router = Router()

  init() {
    hub = WatchHub(observing: store)
    router.add("/watch", .get, answer: WatchHandler(hub).respond)
  }

  private func watcherComes() async {
    while hub.count == 0 { try? await Task.sleep(for: .milliseconds(1)) }
  }

  @Test func `a watch is answered by the put`() async throws {
    try await withServing(router) { serving async throws in
      async let answer = serving.ask(.get, "/watch?key=status")
      await watcherComes()
      try store.put("status", "ready")
      #expect(try await answer == .init(200, #"{"key":"status","value":"ready"}"# + "\n"))
    }
  }

  @Test func `a key may be watched up to the limits and not past them`() async throws {
    try await withServing(router) { serving async throws in
      for key in LimitKeys.taken {
        async let answer = serving.ask(.get, "/watch?key=\(key)")
        await watcherComes()
        try store.put(key, "ready")
        #expect(try await answer == .init(200, #"{"key":"\#(key)","value":"ready"}"# + "\n"))
        while hub.count > 0 { try? await Task.sleep(for: .milliseconds(1)) }
        try store.remove(key)
      }
      for (key, reason) in LimitKeys.refused {
        #expect(try await serving.ask(.get, "/watch?key=\(key)") == .init(400, reason + "\n"))
      }
    }
  }

  @Test func `a deletion is an empty value, that of a directory above too`() async throws {
    try store.put("d/k", "1")
    for key in ["d/k", "d"] {
      try await withServing(router) { serving async throws in
        async let answer = serving.ask(.get, "/watch?key=d//k")
        await watcherComes()
        try store.remove(key)
        #expect(try await answer == .init(200, #"{"key":"d//k","value":""}"# + "\n"))
      }
      try store.put("d/k", "1")
    }
  }

  @Test func `a client that leaves takes its watch along`() async throws {
    try await withServing(router) { serving async throws in
      for _ in 0..<20 {
        try await serving.loop.run {
          let connection = try await serving.connect()
          try await connection.send(ClientRequest(.get, "/watch?key=k"))
          await watcherComes()
          connection.close()
        }
        while hub.count > 0 { try? await Task.sleep(for: .milliseconds(1)) }
      }
    }
  }

  @Test func `a stop answers every watcher 503`() async throws {
    try await withServing(router) { serving async throws in
      async let first = serving.ask(.get, "/watch?key=k")
      async let second = serving.ask(.get, "/watch?key=l")
      while hub.count < 2 { try? await Task.sleep(for: .milliseconds(1)) }
      hub.close()
      #expect(try await first == .init(503, "the server stops\n"))
      #expect(try await second.status == 503)
      #expect(try await serving.ask(.get, "/watch?key=k").status == 503)
    }
  }

  @Test func `a key is needed`() async throws {
    try await withServing(router) { serving async throws in
      #expect(try await serving.ask(.get, "/watch") == .init(400, "key is missing\n"))
      #expect(try await serving.ask(.post, "/watch?key=k").status == 405)
    }
  }
}
