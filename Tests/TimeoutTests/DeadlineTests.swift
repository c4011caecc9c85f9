import HTTP
import ServingSupport
import Store
import Testing
import Timeout
import Watch

@Suite(.timeLimit(.minutes(5))) struct DeadlineTests {
  let store = KeyValueStore()
  let hub: WatchHub
  let clock = ManualClock()
  var router = Router()

  init() {
    hub = WatchHub(observing: store)
    let handler = DeadlineHandler(
      WatchHandler(hub), within: .seconds(30), by: clock, text: "Watch timeout")
    router.add("/watch", .get, answer: handler.respond)
  }

  private func watcherComes() async {
    while hub.count == 0 { try? await Task.sleep(for: .milliseconds(1)) }
    await clock.sleeperComes()
  }

  @Test(arguments: [("", 30), ("&timeout=5s", 5), ("&timeout=1h", 30)])
  func `a watch that lasts too long is 408 and lets go`(query: String, seconds: Int) async throws {
    try await withServing(router) { serving async throws in
      async let answer = serving.ask(.get, "/watch?key=k" + query)
      await watcherComes()
      clock.advance(by: .seconds(seconds) - .milliseconds(1))
      #expect(hub.count == 1)
      clock.advance(by: .milliseconds(1))
      #expect(try await answer == .init(408, "Watch timeout\n"))
      #expect(hub.count == 0)
    }
  }

  @Test func `an answer in time leaves no timer behind`() async throws {
    try await withServing(router) { serving async throws in
      async let answer = serving.ask(.get, "/watch?key=k")
      await watcherComes()
      _ = store.applyNext(Put(try Path(Array("k".utf8)), Array("v".utf8)))
      #expect(try await answer == .init(200, #"{"key":"k","value":"v"}"# + "\n"))
      #expect(clock.sleeperCount == 0)
    }
  }

  @Test(arguments: ["0s", "-1s", "5", "soon", ""])
  func `a timeout that is none is 400`(timeout: String) async throws {
    try await withServing(router) { serving async throws in
      let answer = try await serving.ask(.get, "/watch?key=k&timeout=\(timeout)")
      #expect(answer.status == 400 && answer.text.hasPrefix("invalid timeout"), "\(answer)")
    }
  }

  @Test func `the connection goes on after a timeout`() async throws {
    try await withServing(router) { serving async throws in
      let port = serving.server.port
      try await serving.loop.run {
        let connection = try await ClientConnection.connect(
          to: "127.0.0.1", port: port, within: Serving.patience)
        for _ in 0..<3 {
          try await connection.send(ClientRequest(.get, "/watch?key=k"))
          await watcherComes()
          clock.advance(by: .seconds(31))
          #expect(try await connection.receive().status == .requestTimeout)
        }
        connection.close()
      }
    }
  }

  @Test func `a client that leaves takes watch and timer along`() async throws {
    try await withServing(router) { serving async throws in
      let port = serving.server.port
      try await serving.loop.run {
        let connection = try await ClientConnection.connect(
          to: "127.0.0.1", port: port, within: Serving.patience)
        try await connection.send(ClientRequest(.get, "/watch?key=k"))
        await watcherComes()
        connection.close()
      }
      while hub.count > 0 || clock.sleeperCount > 0 { try? await Task.sleep(for: .milliseconds(1)) }
    }
  }

  @Test func `a handler's own error passes through`() async throws {
    try await withServing(router) { serving async throws in
      #expect(try await serving.ask(.get, "/watch") == .init(400, "key is missing\n"))
    }
  }
}
