import HTTP
import Loop
import RunSupport
import ServingSupport
import Store
import Testing
import Timeout
import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct DeadlineTests {
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

  @Test(arguments: [
    ("0s", #"invalid timeout "0s": must be more than zero"#),
    ("-1s", #"invalid timeout "-1s": must be more than zero"#),
    ("5", #"invalid timeout "5": must have a unit, as in 30s"#),
    ("soon", #"invalid timeout "soon": must be a duration such as 30s or 1m30s"#),
    ("", #"invalid timeout "": must be a duration such as 30s or 1m30s"#),
    ("%z", #"invalid URL escape "%z""#), ("1;s", "invalid semicolon separator in query"),
  ])
  func `a timeout that is none is 400`(timeout: String, reason: String) async throws {
    try await withServing(router) { serving async throws in
      let answer = try await serving.ask(.get, "/watch?key=k&timeout=\(timeout)")
      #expect(answer == .init(400, reason + "\n"))
    }
  }

  @Test func `the connection goes on after a timeout`() async throws {
    try await withServing(router) { serving async throws in
      try await serving.loop.run {
        let connection = try await serving.connect()
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
      try await serving.loop.run {
        let connection = try await serving.connect()
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
