import CostSupport
import HTTP
import HTTPAPI
import RunSupport
import ServingSupport
import Store
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct RoutesTests {
  private func withCourse(_ body: (Serving, KeyValueStore) async throws -> Void) async throws {
    let store = KeyValueStore()
    let time = SteadyTime()
    let proposer = DirectProposer(store, time: time)
    var router = Router()
    router.addKeyRoutes(store, changedBy: proposer)
    router.add("/health", .get, answer: HealthHandler(time: time).respond)
    try await withServing(router) { try await body($0, store) }
  }

  @Test func `what is put is got until it is deleted`() async throws {
    try await withCourse { serving, _ async throws in
      var answer = try await serving.ask(.post, "/put", #"{"key":"cloud","value":"native"}"#)
      #expect(answer == .init(200, "OK"))
      answer = try await serving.ask(.get, "/get?key=cloud")
      #expect(answer == .init(200, #"{"key":"cloud","value":"native","found":true}"# + "\n"))
      for method in [Method.delete, .post] {
        answer = try await serving.ask(method, "/delete?key=cloud")
        #expect(answer == .init(200, "Deleted"))
      }
      answer = try await serving.ask(.get, "/get?key=cloud")
      #expect(answer == .init(200, #"{"key":"cloud","value":"","found":false}"# + "\n"))
    }
  }

  @Test(arguments: [
    (#""#, "the body is not JSON"), (#"{"key":"k","value":"v"} x"#, "the body is not JSON"),
    (#"[]"#, "the body must be a JSON object"), (#"{}"#, "key is missing"),
    (#"{"key":"","value":"v"}"#, "key is empty"),
    (#"{"key":1,"value":"v"}"#, "key must be a string, not 1"),
    (#"{"key":null,"value":"v"}"#, "key must be a string, not null"),
    (#"{"key":"k"}"#, "value is missing"),
    (#"{"key":"k","value":{}}"#, "value must be a string, not {}"),
    (#"{"key":"//","value":"v"}"#, "key has no name, only slashes"),
    (#"{"key":"a/./b","value":"v"}"#, "a key must not contain the segments . or .."),
    (
      #"{"key":"k","value":"v","ttl":0}"#, #"ttl must be a positive whole number of seconds, not 0"#
    ),
    (
      #"{"key":"k","value":"v","ttl":1.5}"#,
      #"ttl must be a positive whole number of seconds, not 1.5"#
    ),
    (
      #"{"key":"k","value":"v","ttl":"5"}"#,
      #"ttl must be a positive whole number of seconds, not "5""#
    ),
    (
      #"{"key":"k","value":"v","ttl":9223372036854775808}"#,
      #"ttl must be a positive whole number of seconds, not 9223372036854775808"#
    ),
    (#"{"key":"file/k","value":"v"}"#, "/file is not a directory"),
    (#"{"key":"dir","value":"v"}"#, "/dir is a directory"),
  ])
  func `a put that cannot be done is 400 with the reason, and changes nothing`(
    body: String, reason: String
  ) async throws {
    try await withCourse { serving, store async throws in
      _ = try await serving.ask(.post, "/put", #"{"key":"file","value":"1"}"#)
      _ = try await serving.ask(.post, "/put", #"{"key":"dir/k","value":"1"}"#)
      let answer = try await serving.ask(.post, "/put", body)
      #expect(answer.status == 400 && answer.text.hasPrefix(reason), "\(answer)")
      #expect(store.storeIndex == StoreIndex(2))
    }
  }

  @Test(arguments: [
    (Method.get, "/get", 400), (.get, "/get?key=", 400), (.get, "/get?key=%zz", 400),
    (.get, "/get?Key=k", 400), (.get, "/get?key=a/../b", 400), (.delete, "/delete", 400),
    (.put, "/put", 405), (.get, "/put", 405), (.post, "/get", 405), (.get, "/delete", 405),
    (.get, "/", 404), (.get, "/put/", 404), (.get, "/v2/keys", 404), (.get, "/get?key=k", 200),
  ])
  func `every request has its status`(method: Method, target: String, status: Int) async throws {
    try await withCourse { serving, _ async throws in
      #expect(try await serving.ask(method, target).status == status)
    }
  }

  @Test(arguments: [
    ("/get", "key is missing"), ("/get?key", "key is empty"), ("/get?key=", "key is empty"),
    ("/get?key=%zz", #"invalid URL escape "%zz""#), ("/get?key=%", #"invalid URL escape "%""#),
    ("/get?key=a;b", "invalid semicolon separator in query"),
    ("/get?key=//", "key has no name, only slashes"),
    ("/get?key=a/../b", "a key must not contain the segments . or .."),
    ("/g%zt?key=a", #"invalid URL escape "%zt""#),
  ])
  func `a key that cannot be read is 400 with the reason`(
    target: String, reason: String
  ) async throws {
    try await withCourse { serving, _ async throws in
      #expect(try await serving.ask(.get, target) == .init(400, reason + "\n"))
      let method = Method.delete
      let deletion = target.replacing("/get", with: "/delete")
      #expect(try await serving.ask(method, deletion) == .init(400, reason + "\n"))
    }
  }

  @Test(arguments: LimitKeys.taken)
  func `every route takes a key at the limits`(key: String) async throws {
    try await withCourse { serving, _ async throws in
      let body = #"{"key":"\#(key)","value":"v"}"#
      #expect(try await serving.ask(.post, "/put", body) == .init(200, "OK"))
      let got = try await serving.ask(.get, "/get?key=\(key)")
      #expect(got == .init(200, #"{"key":"\#(key)","value":"v","found":true}"# + "\n"))
      #expect(try await serving.ask(.delete, "/delete?key=\(key)") == .init(200, "Deleted"))
    }
  }

  @Test(arguments: LimitKeys.refused)
  func `every route refuses a key past a limit`(key: String, reason: String) async throws {
    try await withCourse { serving, store async throws in
      let body = #"{"key":"\#(key)","value":"v"}"#
      let refusal = Serving.Answer(400, reason + "\n")
      #expect(try await serving.ask(.post, "/put", body) == refusal)
      #expect(try await serving.ask(.get, "/get?key=\(key)") == refusal)
      for method in [Method.delete, .post] {
        #expect(try await serving.ask(method, "/delete?key=\(key)") == refusal)
      }
      #expect(store.appliedIndex == .zero, "nothing was proposed")
    }
  }

  @Test func `a key is bytes and is echoed as given`() async throws {
    try await withCourse { serving, store async throws in
      _ = store.applyNext(Put(try Path([0, 0xFF, 0x2F, 0x62]), Array("v".utf8)))
      let answer = try await serving.ask(.get, "/get?key=/%00%FF//b/")
      #expect(answer.text == "{\"key\":\"/\\u0000\\ufffd//b/\",\"value\":\"v\",\"found\":true}\n")
    }
  }

  @Test func `a time to live is recorded as a moment`() async throws {
    try await withCourse { serving, store async throws in
      let before = SteadyTime().now
      _ = try await serving.ask(.post, "/put", #"{"key":"k","value":"v","ttl":60}"#)
      let expiration = try store.get(Path(Array("k".utf8))).node.info.expiration
      // The server's clock and this test's were read at different times, but run alike.
      let (earliest, latest) = (before.adding(seconds: 60), SteadyTime().now.adding(seconds: 60))
      #expect(try (earliest...latest).contains(#require(expiration)))
    }
  }

  @Test func `a store that cannot take writes is said to be unhealthy`() async throws {
    struct Noon: TimeSource {
      var now: Timestamp { Timestamp(microseconds: 1_767_322_800_250_000) }
    }
    let healthy = HealthHandler(time: Noon())
    let ill = HealthHandler(time: Noon(), unavailableReason: { "no leader" })
    var router = Router()
    router.add("/well", .get, answer: healthy.respond)
    router.add("/ill", .get, answer: ill.respond)
    try await withServing(router) { serving async throws in
      let well = try await serving.ask(.get, "/well")
      #expect(well.status == 200)
      #expect(
        well.text == #"{"health":"true","status":"ok","time":"2026-01-02T03:00:00.25Z"}"# + "\n")
      let answer = try await serving.ask(.get, "/ill")
      #expect(answer.status == 503)
      #expect(answer.text.hasPrefix(#"{"health":"false","status":"no leader","#))
    }
  }

  @Test func `an order that fails is 503 with the reason`() async throws {
    struct Full: Proposer {
      func propose(_ command: any Command) async throws(ProposalError) -> Outcome {
        throw .notAccepted("no space left")
      }
      func barrier() async throws(ProposalError) { throw .unknown("no leader") }
    }
    var router = Router()
    router.addKeyRoutes(KeyValueStore(), changedBy: Full())
    try await withServing(router) { serving async throws in
      let put = try await serving.ask(.post, "/put", #"{"key":"k","value":"v"}"#)
      #expect(put == .init(503, "no space left\n"))
      #expect(try await serving.ask(.get, "/get?key=k") == .init(503, "no leader\n"))
    }
  }

  @Test func `steady time does not go back`() {
    let time = SteadyTime()
    var last = time.now
    for _ in 0..<1_000 {
      let now = time.now
      #expect(now >= last)
      last = now
    }
  }
}
