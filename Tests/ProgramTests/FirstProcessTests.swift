import Foundation
import HTTP
import Loop
import RunSupport
import Testing

/// A container's first process, for which the system ignores signals without a handler.
@Suite(
  .serialized, .inTurn, .timeLimit(.minutes(10)),
  .enabled(if: Child.mayBeFirstProcess, "unshare is not permitted"))
struct FirstProcessTests {
  /// Programs without an end in good order, each with arguments by which it runs on.
  private static let programs: [(name: String, arguments: [String])] = [
    ("step-2-http-api", ["-listen", "127.0.0.1:0"]),
    ("step-3-wal-persistence", ["-listen", "127.0.0.1:0"]),
    ("step-4-watch", ["-listen", "127.0.0.1:0"]),
    ("mini-etcdctl", ["-timeout", "300s", "-endpoints", "127.0.0.1:PORT", "get", "a"]),
  ]

  @Test(arguments: programs, [SIGTERM, SIGINT])
  func `is ended by a signal`(
    program: (name: String, arguments: [String]), signal: Int32
  ) async throws {
    // Takes connections and never answers, since it does not run.
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let silent = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: Router())
    let arguments = program.arguments.map {
      $0 == "127.0.0.1:PORT" ? "127.0.0.1:\(silent.port)" : $0
    }
    let child = try Child(program.name, arguments, isFirstProcess: true)
    var id: Int32 = 0
    // It has an event loop: its first statements are behind it.
    try await child.waits {
      id = child.firstProcess ?? 0
      return Child.descriptorTargets(of: id).contains("anon_inode:[eventpoll]")
    }
    kill(id, signal)
    #expect(await child.end() == 128 + signal)
  }
}
