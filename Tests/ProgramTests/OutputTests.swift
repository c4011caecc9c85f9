import Foundation
import RunSupport
import Testing

/// What a tool prints is read by another program, which may go away, or kept on a disk, which may
/// be full: neither may pass for success.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct OutputTests {
  /// Command lines that print; a word `DIRECTORY` or `PORT` stands for the server's.
  private static let printing: [[String]] = [
    ["mini-etcdctl", "-endpoints", "127.0.0.1:PORT", "ls"],
    ["mini-etcdctl", "-help"],
    ["mini-etcd", "-version"],
    ["step-2-http-api", "-help"],
    ["raft-sim", "-seed", "1", "-events", "20"],
    ["raft-sim", "-seeds", "1..2", "-events", "20"],
    ["step-3-wal-persistence", "wal", "verify", "DIRECTORY"],
    ["mini-etcd", "wal", "dump", "DIRECTORY"],
    [
      "mini-etcd-bench", "-a", "http://127.0.0.1:PORT", "-load", "get", "-connections", "1",
      "-requests", "5", "-rounds", "1", "-keys", "5",
    ],
  ]

  /// Runs a command line against a server with one key, to its end.
  private static func run(
    _ words: [String], output: Child.Stream, redirections: String = ""
  ) async throws -> (status: Int32, diagnostics: String) {
    let directory = try ScratchDirectory()
    let server = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await server.port()
    #expect(try await Asking().put("a", "1", on: port) == .ok)
    let words = words.map {
      $0.replacing("PORT", with: "\(port)").replacing("DIRECTORY", with: directory.path)
    }
    let child = try Child(
      words[0], Array(words.dropFirst()), redirections: redirections, output: output,
      diagnostics: .kept)
    let status = await child.end()
    await server.end(by: SIGKILL)
    return (status, child.keptDiagnostics())
  }

  @Test(arguments: printing)
  func `a tool whose reader has gone ends quietly, as by SIGPIPE`(words: [String]) async throws {
    let (status, diagnostics) = try await Self.run(words, output: .pipe(LogPipe(.gone)))
    #expect(status == 128 + SIGPIPE)
    // The bench tells its progress there.
    let complaints = diagnostics.split(separator: "\n").filter { $0.contains("rite") }
    #expect(complaints.isEmpty)
  }

  @Test(arguments: printing)
  func `a tool that cannot print for lack of space fails and says so`(
    words: [String]
  ) async throws {
    let (status, diagnostics) = try await Self.run(
      words, output: .nowhere, redirections: ">/dev/full")
    #expect(status == 1)
    #expect(
      diagnostics.hasSuffix(
        "cannot write to standard output: No space left on device\n"))
  }
}
