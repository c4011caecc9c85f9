import Bytes
import HTTP
import Loop
import Options
import RunSupport
import ServingSupport
import Synchronization
import Testing

@testable import mini_etcdctl

/// Counts what it is asked, and answers all alike.
private final class Stubborn: Handler {
  let asked = Mutex(0)
  private let answer: @Sendable (Response) throws -> Void

  init(_ answer: @escaping @Sendable (Response) throws -> Void) { self.answer = answer }

  func respond(to request: Request, with response: Response) async throws {
    asked.withLock { $0 += 1 }
    try answer(response)
  }
}

/// Answers as another handler does, but for the first wait: by then something has happened, and the
/// server either is gone, or ends the wait as one does that stops.
private final class Ending: Handler {
  private let handler: any Handler
  private let isGone: Bool
  private let beforehand: @Sendable () async -> Void
  private let hasEnded = Mutex(false)

  init(
    _ handler: any Handler, isGone: Bool = false,
    beforehand: @escaping @Sendable () async -> Void = {}
  ) {
    self.handler = handler
    self.isGone = isGone
    self.beforehand = beforehand
  }

  func respond(to request: Request, with response: Response) async throws {
    let isFirst =
      try request.parameter("wait") != nil
      && hasEnded.withLock { hasEnded in
        defer { hasEnded = true }
        return !hasEnded
      }
    guard isFirst else { return try await handler.respond(to: request, with: response) }
    await beforehand()
    if isGone { throw HTTPError(.serviceUnavailable, "", closes: true) }
    response.addHeader("X-Etcd-Cluster-Id", "1")
  }
}

@Suite(.inTurn, .timeLimit(.minutes(10))) struct FailoverTests {
  /// Nobody listens on port 1.
  private static let nobody: UInt16 = 1

  @Test func `a server that is not there is passed over, also for writes`() async throws {
    try await withServing(router()) { serving async throws in
      let ports = [Self.nobody, serving.server.port]
      #expect(await run(["set", "a", "1"], on: ports).lines == ["1"])
      #expect(await run(["get", "a"], on: ports).lines == ["1"])
    }
  }

  @Test func `the message names every server when none answers`() async {
    let result = await run(["get", "a"], on: [Self.nobody, Self.nobody])
    #expect(result.status == 1)
    #expect(result.complaint.split(separator: ";").count == 2, "\(result)")
  }

  @Test func `a read is put to the next server when one is in trouble`() async throws {
    let ill = Stubborn { _ in throw HTTPError(.serviceUnavailable, "no leader") }
    try await withServing(ill) { first async throws in
      try await withServing(router()) { second async throws in
        _ = await run(["set", "a", "1"], on: [second.server.port])
        let ports = [first.server.port, second.server.port]
        #expect(await run(["get", "a"], on: ports).lines == ["1"])
        let alone = await run(["get", "a"], on: [first.server.port])
        #expect(alone.status == 1 && alone.complaint.hasSuffix("no leader"))
      }
    }
  }

  /// It could be done twice.
  @Test(arguments: [true, false])
  func `a write that has arrived is not put to the next server`(answers: Bool) async throws {
    let ill = Stubborn { response in
      guard answers else { throw HTTPError(.internalServerError, "", closes: true) }
      response.status = .internalServerError
      response.body.append(contentsOf: #"{"errorCode":300,"cause":"it took too long"}"#.utf8)
    }
    let other = Stubborn { _ in }
    try await withServing(ill) { first async throws in
      try await withServing(other) { second async throws in
        let ports = [first.server.port, second.server.port]
        let result = await run(["set", "a", "1"], on: ports)
        #expect(result.status == 1)
        #expect(result.complaint.hasSuffix("it may have been done or not"), "\(result)")
        if answers { #expect(result.complaint.contains("it took too long")) }
        #expect(ill.asked.withLock { $0 } == 1)
        #expect(other.asked.withLock { $0 } == 0)
      }
    }
  }

  @Test func `health is asked of the members themselves`() async throws {
    try await withServing(router()) { well async throws in
      let url = "http://127.0.0.1:\(well.server.port)"
      try await withServing(router(clientURL: url)) { serving async throws in
        let healthy = await run(["health"], on: [serving.server.port])
        #expect(healthy.lines == ["node1: healthy"] && healthy.status == 0, "\(healthy)")
      }
    }
    try await withServing(router(clientURL: "http://127.0.0.1:1")) { serving async throws in
      let ill = await run(["health"], on: [serving.server.port])
      #expect(ill.status == 5)
      #expect(ill.lines.count == 1 && ill.lines[0].contains("refused"), "\(ill)")
      #expect(ill.complaint == "1 of 1 members are not healthy")
    }
  }

  @Test(arguments: [true, false])
  func `a watch whose server goes or stops misses nothing meanwhile`(isGone: Bool) async throws {
    let shared = router()
    try await withServing(shared) { second async throws in
      let port = second.server.port
      let ending = Ending(shared, isGone: isGone) {
        _ = await run(["set", "a", "2"], on: [port])
      }
      try await withServing(ending) { first async throws in
        _ = await run(["set", "a", "1"], on: [port])
        let watched = await run(["watch", "a"], on: [first.server.port, port])
        #expect(watched.lines == ["set /a 2"], "\(watched)")
      }
    }
  }

  @Test func `a server that stops is no event`() async throws {
    try await withServing(Ending(router())) { serving async throws in
      let watched = await run(["watch", "a"], on: [serving.server.port])
      #expect(watched.lines.isEmpty && watched.status == 1, "\(watched)")
      #expect(watched.complaint.hasSuffix("it ended the wait, and nothing had happened"))
    }
  }

  @Test func `a watch goes on from where it was`() async throws {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      for value in ["1", "2", "3"] { _ = await run(["set", "a", value], on: [port]) }
      let lines = Lines()
      await withTaskGroup { group in
        group.addTask { await Self.watch(port, lines) }
        while lines.all.count < 3 { try? await Task.sleep(for: .milliseconds(1)) }
        _ = await run(["del", "a"], on: [port])
        while lines.all.count < 4 { try? await Task.sleep(for: .milliseconds(1)) }
        group.cancelAll()
      }
      #expect(lines.all == ["set /a 1", "set /a 2", "set /a 3", "delete /a"])
    }
  }

  @Test func `a watch for ever tells of events that are no longer known, and goes on`()
    async throws
  {
    try await withServing(router()) { serving async throws in
      let port = serving.server.port
      // More than the history keeps.
      let loop = serving.loop
      try await loop.run {
        let connection = try await serving.connect()
        defer { connection.close() }
        for _ in 0..<1_100 {
          _ = try await connection.perform(
            ClientRequest(.put, "/v2/keys/b?value=1"), within: Serving.patience)
        }
      }
      let (lines, notes) = (Lines(), Lines())
      await withTaskGroup { group in
        group.addTask { await Self.watch(port, lines, notes) }
        while notes.all.isEmpty { try? await Task.sleep(for: .milliseconds(1)) }
        // It may not wait yet: until it has heard, it is told again.
        while lines.all.isEmpty {
          _ = await run(["set", "a", "new"], on: [port])
        }
        group.cancelAll()
      }
      #expect(
        notes.all.first?.hasPrefix("events were missed: The event in requested index") == true)
      #expect(lines.all.first == "set /a new")
    }
  }

  private static func watch(
    _ port: UInt16, _ lines: Lines, _ notes: Lines = Lines()
  ) async {
    var settings = Settings()
    settings.endpoints = [Endpoint(HostPort(host: "127.0.0.1", port: port))]
    var arguments = Arguments()
    arguments.operands = ["a"]
    arguments.afterIndex = 0
    arguments.isForever = true
    // It ends by being cancelled.
    try? await Subcommand.watch.call(with: arguments).run(
      by: settings,
      Conversation.Streams(
        output: lines.append, note: { notes.append(Array("\($0)\n".utf8)) }, input: { nil }))
  }
}

@Suite struct EndpointTests {
  @Test(arguments: [
    ("127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://node1:80/", "http://node1:80"),
    ("http://[::1]:8080", "http://[::1]:8080"),
  ])
  func `an endpoint may be written as a URL`(text: String, shown: String) throws {
    #expect("\(try Endpoint(flagText: text))" == shown)
  }

  @Test(arguments: ["https://a:1", "a", "http://a", "http://a:1/path", ""])
  func `what is no address is refused`(text: String) {
    #expect(throws: InvalidText.self) { try Endpoint(flagText: text) }
  }

  @Test func `without names it is where a mini-etcd is at first`() {
    #expect(
      Endpoint.unnamed.map(\.flagText)
        == ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082", "127.0.0.1:8083"])
  }

  @Test func `servers may be named by the environment`() throws {
    let environment = ["MINI_ETCDCTL_ENDPOINTS": "a:1,http://b:2"]
    guard case .run(let settings) = try Settings.flags.parse(["ls"], environment: environment)
    else {
      Issue.record("nothing to run")
      return
    }
    #expect(settings.endpoints.map(\.flagText) == ["a:1", "b:2"] && settings.command == ["ls"])
    #expect(throws: UsageError.self) {
      try Settings.flags.parse(["ls"], environment: ["MINI_ETCDCTL_ENDPOINTS": "a"])
    }
  }

  @Test func `the help names every command`() {
    for command in Subcommand.all { #expect(Settings.flags.help.contains(command.help)) }
    #expect(Settings.flags.help.contains("  get KEY\n        Prints the value of KEY.\n"))
    #expect(!Settings.flags.help.contains(" \n"))
  }
}
