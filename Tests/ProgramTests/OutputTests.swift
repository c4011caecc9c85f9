import Foundation
import Glibc
import Testing

/// What a tool prints is read by another program, which may go away, or kept on a disk, which may be
/// full: neither may pass for success.
@Suite(.timeLimit(.minutes(5))) struct OutputTests {
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

  private static let server = SharedServer()

  private static func child(
    _ words: [String], output: Child.Stream, redirections: String = ""
  ) async throws -> Child {
    let (port, directory) = try await server.place()
    let words = words.map {
      $0.replacing("PORT", with: "\(port)").replacing("DIRECTORY", with: directory)
    }
    return try Child(
      words[0], Array(words.dropFirst()), redirections: redirections, output: output,
      diagnostics: .kept)
  }

  @Test(arguments: printing)
  func `a tool whose reader has gone ends quietly, as by SIGPIPE`(words: [String]) async throws {
    let child = try await Self.child(words, output: .pipe(LogPipe(.gone)))
    #expect(await child.end() == 128 + SIGPIPE)
    // The bench tells its progress there.
    let complaints = child.keptDiagnostics().split(separator: "\n").filter { $0.contains("rite") }
    #expect(complaints.isEmpty)
  }

  @Test(arguments: printing)
  func `a tool that cannot print for lack of space fails and says so`(
    words: [String]
  ) async throws {
    let child = try await Self.child(words, output: .nowhere, redirections: ">/dev/full")
    #expect(await child.end() == 1)
    #expect(
      child.keptDiagnostics().hasSuffix(
        "cannot write to standard output: No space left on device\n"))
  }
}

/// A server with one key, and its directory, for tools to look at.
private actor SharedServer {
  private var started: Task<(Child, UInt16, ScratchDirectory), any Error>?

  func place() async throws -> (port: UInt16, directory: String) {
    let task =
      started
      ?? Task {
        let directory = try ScratchDirectory()
        let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
        let port = try await child.port()
        guard try await Asking().put("a", "1", on: port) == .ok else { throw CancellationError() }
        return (child, port, directory)
      }
    started = task
    let (_, port, directory) = try await task.value
    return (port, directory.path)
  }
}
