import Foundation
import RunSupport
import Testing

/// A watch that outlives its server.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct WatchForeverTests {
  @Test(arguments: [SIGKILL, SIGTERM])
  func `a watch for ever goes on when its only server was ended and started again`(signal: Int32)
    async throws
  {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let port = freePorts(1)[0]
    let arguments = ["-listen", "127.0.0.1:\(port)", "-data-dir", directory.path]
    var server = try Child("mini-etcd", arguments)
    _ = try await server.port()
    let output = "\(directory.path)/watched"
    let notes = "\(directory.path)/notes"
    func lines(_ path: String) -> [Substring] {
      ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
    }
    let watcher = try Child(
      "mini-etcdctl",
      ["-endpoints", "127.0.0.1:\(port)", "watch", "-forever", "-after", "0", "a"],
      redirections: ">\(output) 2>\(notes)")
    #expect(try await asking.put("a", "1", on: port) == .ok)
    try await watcher.waits { lines(output).count == 1 }
    await server.end(by: signal)
    try await watcher.waits { lines(notes).count == 1 }
    server = try Child("mini-etcd", arguments)
    _ = try await server.port()
    for value in 2...3 { #expect(try await asking.put("a", "\(value)", on: port) == .ok) }
    try await watcher.waits { lines(output).count == 3 }
    #expect(lines(output) == ["set /a 1", "set /a 2", "set /a 3"])
    #expect(lines(notes).first?.hasSuffix("; trying again") == true)
    #expect(await watcher.end(by: SIGINT) == 128 + SIGINT)
    #expect(await server.end(by: SIGTERM) == 0)
  }
}
