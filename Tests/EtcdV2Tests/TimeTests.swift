import HTTP
import RunSupport
import ServingSupport
import Testing
import Timeout

@Suite(.inTurn, .timeLimit(.minutes(10))) struct TimeTests {
  /// A node's expiration and what it has left, as a body shows them.
  private func shown(_ body: String) -> [String] {
    body.matches(of: #/"expiration":"[^"]*"(,"ttl":-?\d+)?/#).map { String($0.0) }
  }

  @Test func `fact 37: seconds left are counted up to the next whole one, and 0 is left out`()
    async throws
  {
    let time = ManualTime()
    try await withEtcd(time: time) { serving, _ async throws in
      let expiration = #""expiration":"2026-01-02T03:05:45Z""#
      #expect(shown(try await serving.body("PUT /a ttl=100")) == [expiration + #","ttl":100"#])
      for (seconds, left) in [(0.25, 100), (0.75, 99), (0.000001, 99), (97.999999, 1)] {
        time.advance(seconds: seconds)
        #expect(shown(try await serving.body("GET /a")) == [expiration + ",\"ttl\":\(left)"])
      }
      time.advance(seconds: 1)
      #expect(shown(try await serving.body("GET /a")) == [expiration])
      time.advance(seconds: 0.5)
      #expect(shown(try await serving.body("GET /a")) == [expiration])
    }
  }

  @Test func `no answer about a key that is over, and not removed yet, shows a time below 0`()
    async throws
  {
    let time = ManualTime()
    try await withEtcd(time: time) { serving, _ async throws in
      let expiration = #""expiration":"2026-01-02T03:04:06Z""#
      for line in [
        "GET /d/a", "GET /d", "GET ?recursive=true", "PUT /d/a value=2", "DELETE /d/a",
        "PUT /d/a value=2 prevExist=true", "PUT /d/a value=2 prevValue=1",
        "DELETE /d/a?prevValue=1",
      ] {
        _ = try await serving.ask("PUT /d/a value=1 ttl=1")
        time.advance(seconds: 3_600)
        let told = shown(try await serving.body(line))
        #expect(told.count == 1 && !told[0].contains("ttl"), "\(line): \(told)")
        time.advance(seconds: -3_600)
        #expect(
          shown(try await serving.body("PUT /d/a value=1 ttl=1"))[0] == expiration + #","ttl":1"#)
      }
    }
  }

  @Test func `fact 37: fractions of a second are shown without trailing zeros`() async throws {
    let time = ManualTime()
    time.advance(seconds: 0.05)
    try await withEtcd(time: time) { serving, _ async throws in
      #expect(
        shown(try await serving.body("PUT /a ttl=1"))
          == [#""expiration":"2026-01-02T03:04:06.05Z","ttl":1"#])
    }
  }

  @Test func `fact 38: a time to live of 0 and one that overflows`() async throws {
    try await withEtcd(time: ManualTime()) { serving, _ async throws in
      #expect(
        shown(try await serving.body("PUT /a ttl=0")) == [#""expiration":"2026-01-02T03:04:05Z""#])
      #expect(
        shown(try await serving.body("PUT /b ttl=18446744073709551615"))
          == [#""expiration":"2026-01-02T03:04:04Z","ttl":-1"#])
      #expect(shown(try await serving.body("GET /b")) == [#""expiration":"2026-01-02T03:04:04Z""#])
      // Past 2262 Go's nanoseconds overflow too, to before 2000, which is for ever.
      #expect(shown(try await serving.body("PUT /c ttl=9000000000")) == [])
    }
  }

  @Test func `fact 41: prevNode shows the old expiration and what was left`() async throws {
    let time = ManualTime()
    try await withEtcd(time: time) { serving, _ async throws in
      _ = try await serving.ask("PUT /a ttl=100")
      time.advance(seconds: 40)
      #expect(
        shown(try await serving.body("PUT /a value=1"))
          == [#""expiration":"2026-01-02T03:05:45Z","ttl":60"#])
      #expect(shown(try await serving.body("GET /a")) == [])
    }
  }

  @Test func `an event is told with the time that was left when it happened`() async throws {
    let time = ManualTime()
    try await withEtcd(time: time) { serving, _ async throws in
      let put = try await serving.body("PUT /a ttl=100")
      time.advance(seconds: 70)
      #expect(try await serving.body("GET /a?wait=true&waitIndex=4") == put)
      #expect(
        shown(try await serving.body("GET /a"))
          == [#""expiration":"2026-01-02T03:05:45Z","ttl":30"#])
    }
  }

  @Test func `fact 40: what ran out is an event without a time left`() async throws {
    let time = ManualTime()
    try await withEtcd(time: time) { serving, ours async throws in
      _ = try await serving.ask("PUT /a value=1 ttl=5")
      _ = try await serving.ask("PUT /d dir=true ttl=6")
      _ = try await serving.ask("PUT /d/k value=1 ttl=100")
      time.advance(seconds: 6.25)
      try await ours.expirer.expireDue()
      let events = try await serving.body("GET /a?wait=true&waitIndex=5")
      #expect(
        events == """
          {"action":"expire","node":{"key":"/a","modifiedIndex":7,"createdIndex":4},"prevNode":\
          {"key":"/a","value":"1","expiration":"2026-01-02T03:04:10Z","modifiedIndex":4,\
          "createdIndex":4}}

          """)
      // Fact 42: below a directory one hears of the directory's end, and nothing later.
      #expect(
        try await serving.body("GET /d/k?wait=true&waitIndex=7") == """
          {"action":"expire","node":{"key":"/d","dir":true,"modifiedIndex":8,"createdIndex":5},\
          "prevNode":{"key":"/d","dir":true,"expiration":"2026-01-02T03:04:11Z","modifiedIndex":5,\
          "createdIndex":5}}

          """)
      time.advance(seconds: 1_000)
      try await ours.expirer.expireDue()
      #expect(try await serving.ask("GET @/v2/keys").text(of: "x-etcd-index") == "8")
    }
  }
}
