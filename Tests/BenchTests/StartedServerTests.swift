import Bytes
import Foundation
import Loop
import Platform
import RunSupport
import Testing

@testable import mini_etcd_bench

/// Servers that the tool starts itself.
///
/// Their commands are harmless, and what they are said to serve is served by the test.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct StartedServerTests {
  /// A target at the address of another, with a command that starts it.
  private func target(_ command: String, at other: Target) -> Target {
    Target(
      name: "a", endpoint: other.endpoint, api: other.api, server: StartedServer(command: command))
  }

  /// A target at an address where nothing is: port 1.
  private func target(_ command: String) -> Target {
    Target(
      name: "a", endpoint: ServerURL(address: HostPort(host: "127.0.0.1", port: 1)), api: .course,
      server: StartedServer(command: command))
  }

  private func isRunning(_ process: Int?) -> Bool {
    process.map { Foundation.kill(pid_t($0), 0) == 0 } ?? false
  }

  @Test func `its process is known while it runs, and is gone when it has been stopped`()
    async throws
  {
    let server = StartedServer(command: "sleep 60")
    #expect(server.process == nil)
    try server.start()
    let process = server.process
    #expect(isRunning(process))
    #expect(server.end == nil)
    await server.stop()
    #expect(!isRunning(process))
    #expect(server.process == nil)
    #expect(server.end.map { $0 == .signal(SystemSignal.terminate.number) } != false)
  }

  @Test func `one that was killed can be started again, one that was stopped cannot`()
    async throws
  {
    let server = StartedServer(command: "sleep 60")
    try server.start()
    let first = server.process
    server.kill()
    #expect(!isRunning(first))
    #expect(server.end == nil, "it did not end by itself")
    try server.start()
    #expect(server.process != first)
    await server.stop()
    try server.start()
    #expect(server.process == nil)
  }

  @Test func `one that ends before it answers is an error in one line`() async throws {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let error = await #expect(throws: StartError.self) {
      try await StartedServers([target("sh -c 'exit 3'")], on: loop).start()
    }
    #expect(
      error?.description
        == "the server a at http://127.0.0.1:1 ended with status 3: sh -c 'exit 3'")
  }

  @Test func `none is started where another serves, and the others are stopped`() async throws {
    try await SmallStore.serving(SmallStore()) { other, loops in
      let server = target("sleep 60", at: other)
      let error = await #expect(throws: StartError.self) {
        try await StartedServers([server], on: loops[0]).start()
      }
      #expect(error?.description.hasSuffix("another serves there already") == true)
      #expect(server.process == nil)
    }
  }

  @Test func `one that ends during the run is a failure`() async throws {
    let server = target("sh -c 'exit 4'")
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let servers = StartedServers([server], on: loop)
    try server.server?.start()
    while server.server?.end == nil { await Task.yield() }
    #expect(servers.failures.count == 1)
    #expect(servers.failures.example == "a: the server ended with status 4")
    await servers.stop()
  }

  @Test func `a restart is timed until the key written last can be read`() async throws {
    let store = SmallStore()
    try await SmallStore.serving(store) { other, loops in
      let server = target("sleep 60", at: other)
      try server.server?.start()
      let first = server.process
      let outcome = await RestartRound(
        target: server, lastKey: 99_999_999, valueBytes: 20, deadline: .seconds(60)
      ).run(on: loops[0])
      #expect(outcome.failures == Failures())
      #expect(outcome.time.map { $0 > .zero } == true)
      #expect(isRunning(server.process))
      #expect(server.process != first)
      #if os(Linux)
        #expect(outcome.processorSeconds != nil)
      #endif
      await server.server?.stop()
    }
    #expect(store.keyCount == 1)
  }
}
