import Foundation
import HTTP
import RunSupport
import Testing

/// Until a server serves there is nothing to end in good order: a signal ends it at once.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct SignalTests {
  private static let signals = [SIGINT, SIGTERM]
  private static let durable = ServerProgram.allCases.filter(\.isDurable)

  @Test func `a signal ends a server that reads its log`() async throws {
    let log = try await LongLog()
    for program in Self.durable {
      for signal in Self.signals {
        let child = try Child(program.rawValue, program.arguments(log.directory))
        let status = await child.end(by: signal) { child in
          child.descriptorTargets.contains { $0.hasSuffix(".jsonl") }
        }
        // A server that ended in good order would end with 0.
        #expect(status == 128 + signal, "\(program), signal \(signal)")
      }
    }
  }

  @Test(arguments: signals)
  func `a signal ends a node that asks in vain to be taken into a cluster`(
    signal: Int32
  ) async throws {
    let directory = try ScratchDirectory()
    let port = freePorts(1)[0]
    let child = try Child(
      "mini-etcd",
      ServerProgram.etcd.arguments(directory) + [
        "-id", "n2", "-join", "-peers", "n1", "-peer-addrs",
        "n1=127.0.0.1:\(port),n2=127.0.0.1:1",
      ])
    try await child.waits { child.descriptorTargets.contains { $0.hasSuffix("/lock") } }
    #expect(await child.end(by: signal) == 128 + signal)
  }

  @Test(arguments: durable, signals)
  func `a signal ends an inspection whose output waits`(
    program: ServerProgram, signal: Int32
  ) async throws {
    let directory = try ScratchDirectory()
    let server = try Child(program.rawValue, program.arguments(directory))
    _ = try await server.port()
    await server.end(by: SIGKILL)
    let child = try Child(
      program.rawValue, ["wal", "dump", directory.path], output: .pipe(LogPipe(.stalled)))
    try await child.waits { child.catches(signal) == program.stopsGracefully }
    #expect(await child.end(by: signal) == 128 + signal)
  }

  /// As from `timeout`, which signals its child and then the child's process group.
  @Test(arguments: ServerProgram.allCases.filter(\.stopsGracefully))
  func `two signals at the same moment are one request`(program: ServerProgram) async throws {
    let directory = try ScratchDirectory()
    let child = try Child(program.rawValue, program.arguments(directory))
    _ = try await child.port()
    // The system merges signals of one number; stopped, it is handed both at once.
    kill(child.id, SIGSTOP)
    kill(child.id, SIGINT)
    kill(child.id, SIGTERM)
    #expect(await child.end(by: SIGCONT) == 0)
  }

  @Test(arguments: ServerProgram.allCases.filter(\.expires), LogPipe.Reader.allCases)
  func `what ran out meanwhile is gone before the first answer, also without a log reader`(
    program: ServerProgram, reader: LogPipe.Reader
  ) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let first = try Child(program.rawValue, program.arguments(directory))
    let port = try await first.port()
    let body = #"{"key":"a","value":"1","ttl":1}"#
    #expect(try await asking.ask(.post, "/put", body, on: port) == .ok)
    let end = ContinuousClock.now + .seconds(1)
    #expect(try await asking.put("b", "2", on: port) == .ok)
    await first.end(by: SIGKILL)
    // Not to be hurried: a process's clock is the machine's.
    try await Task.sleep(until: end)
    let pipe = LogPipe(reader)
    let second = try Child(
      program.rawValue, program.arguments(directory), output: .pipe(pipe),
      diagnostics: .pipe(pipe))
    let newPort = try await second.port()
    #expect(try await asking.get("a", on: newPort) == nil)
    #expect(try await asking.get("b", on: newPort) == "2")
    #expect(await second.end(by: SIGTERM) == 0)
  }

  /// A program ignores it; what it starts must not, or `yes | head` would complain.
  @Test func `a server that the bench starts is ended by a broken pipe, as is usual`() async throws
  {
    let bench = try Child(
      "mini-etcd-bench",
      ["-a", "http://127.0.0.1:1", "-a-start", "sh -c 'kill -PIPE $$; exit 0'"],
      diagnostics: .kept)
    #expect(await bench.end() == 1)
    #expect(bench.keptDiagnostics().contains("was ended by signal \(SIGPIPE)"))
  }
}
