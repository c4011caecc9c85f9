import Foundation
import HTTP
import JSON
import Loop
import RunSupport
import Synchronization
import Testing

/// Backups of running servers, made and restored by the programs.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BackupTests {
  /// A long run sets MINI_ETCD_BACKUP_ROUNDS to 100.
  private static let rounds =
    ProcessInfo.processInfo.environment["MINI_ETCD_BACKUP_ROUNDS"].flatMap { Int($0) } ?? 3

  /// Runs a program to its end.
  private static func run(
    _ program: String, _ words: [String]
  ) async throws -> (status: Int32, output: String, complaint: String) {
    let child = try Child(program, words, output: .kept, diagnostics: .kept)
    let status = await child.end()
    return (status, child.keptOutput(), child.keptDiagnostics())
  }

  /// A client that writes one key after the other until its server is gone, or it is told to stop.
  private final class Writer: Sendable {
    let number: Int
    private let acknowledged = Atomic(0)
    private let begun = Atomic(0)
    private let isOver = Atomic(false)

    init(_ number: Int) { self.number = number }

    /// The last write that was acknowledged.
    var lastAcknowledged: Int { acknowledged.load(ordering: .sequentiallyConsistent) }
    /// The last write that was begun.
    var lastBegun: Int { begun.load(ordering: .sequentiallyConsistent) }

    func stop() { isOver.store(true, ordering: .sequentiallyConsistent) }

    func run(_ asking: Asking, on port: UInt16) async {
      while !isOver.load(ordering: .sequentiallyConsistent) {
        let next = begun.add(1, ordering: .sequentiallyConsistent).newValue
        guard let answer = try? await asking.put("w\(number)/k\(next)", "v\(next)", on: port),
          answer.status == 200
        else { return }
        acknowledged.store(next, ordering: .sequentiallyConsistent)
      }
    }
  }

  /// Every key with its value, as `wal dump` shows the snapshot with which a log begins.
  private static func dump(_ directory: String) async throws -> [String: String] {
    // Into a file: it is more than a pipe holds.
    let file = directory + ".dump"
    let shown = try Child("mini-etcd", ["wal", "dump", directory], redirections: "> '\(file)'")
    #expect(await shown.end() == 0)
    let output = try String(contentsOfFile: file, encoding: .utf8)
    var (names, values): ([String], [String: String]) = ([], [:])
    for line in output.split(separator: "\n") {
      guard let start = line.range(of: "{\"depth\":")?.lowerBound,
        let entry = try? JSONDocument(Array(line[start...].utf8)).root,
        let depth = entry["depth"]?.uint64, let name = entry["name"]?.string
      else { continue }
      names = names.prefix(Int(depth) - 1) + [name]
      values[names.joined(separator: "/")] = entry["value"]?.string
    }
    return values
  }

  /// Every key with its value, as a server lists them.
  private static func listing(_ asking: Asking, _ port: UInt16) async throws -> [String: String] {
    let text = try await asking.ask(.get, "/v2/keys/?recursive=true", on: port).text
    var values: [String: String] = [:]
    func take(_ node: JSONValue) {
      if let key = node["key"]?.string { values[String(key.dropFirst())] = node["value"]?.string }
      if let nodes = node["nodes"] { for child in nodes.elements { take(child) } }
    }
    take(try #require(try JSONDocument(Array(text.utf8)).root["node"]))
    return values
  }

  @Test(arguments: 1...rounds)
  func `a backup under load holds all that was acknowledged before, and nothing begun after`(
    round: Int
  ) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let server = try Child(
      "mini-etcd", ["-listen", "127.0.0.1:0", "-data-dir", directory.path + "/d"])
    let port = try await server.port()
    let writers = (1...4).map(Writer.init)
    let file = directory.path + "/backup"
    let (before, saved, after) = try await withThrowingTaskGroup { group in
      for writer in writers { group.addTask { await writer.run(asking, on: port) } }
      while writers.contains(where: { $0.lastAcknowledged < 10 * (round % 20 + 1) }) {
        try await Task.sleep(for: .milliseconds(1))
      }
      let before = writers.map(\.lastAcknowledged)
      let saved = try await Self.run(
        "mini-etcdctl", ["-endpoints", "127.0.0.1:\(port)", "snapshot", "save", file])
      let after = writers.map(\.lastBegun)
      await server.end(by: SIGKILL)
      for writer in writers { writer.stop() }
      return (before, saved, after)
    }
    #expect(saved.status == 0, "\(saved.complaint)")
    let status = try await Self.run("mini-etcd", ["snapshot", "status", file])
    #expect(status.output == saved.output)
    let new = directory.path + "/r"
    let restored = try await Self.run(
      "mini-etcd", ["snapshot", "restore", file, "-data-dir", new])
    #expect(restored.status == 0, "\(restored.complaint)")

    let dump = try await Self.dump(new)
    for (place, writer) in writers.enumerated() {
      let count = dump.keys.count { $0.hasPrefix("w\(writer.number)/") }
      #expect(before[place] <= count && count <= after[place], "\(before) \(after)")
      for number in 1...count { #expect(dump["w\(writer.number)/k\(number)"] == "v\(number)") }
    }
    #expect(status.output.contains(" keys=\(dump.count) directories=4 "))
    let second = try Child("mini-etcd", ["-listen", "127.0.0.1:0", "-data-dir", new])
    let newPort = try await second.port()
    #expect(try await Self.listing(asking, newPort) == dump)
    #expect(try await asking.put("new", "1", on: newPort).status == 200)
    #expect(await second.end(by: SIGTERM) == 0)
  }

  @Test func `a backup comes from any member, and becomes a cluster of its own`() async throws {
    let asking = try Asking()
    let cluster = try await ThreeMembers(asking)
    let directory = try ScratchDirectory()
    var put = try await asking.put("a", "1", on: cluster.members[0].port)
    while put.status != 200 { put = try await asking.put("a", "1", on: cluster.members[0].port) }
    for member in cluster.members {
      let file = "\(directory.path)/\(member.name)"
      let saved = try await Self.run(
        "mini-etcdctl", ["-endpoints", "127.0.0.1:\(member.port)", "snapshot", "save", file])
      #expect(saved.status == 0, "\(saved.complaint)")
      let restored = try await Self.run(
        "mini-etcd",
        ["snapshot", "restore", file, "-data-dir", file + ".d", "-id", "lone"])
      #expect(restored.status == 0, "\(restored.complaint)")
      let lone = try Child(
        "mini-etcd", ["-listen", "127.0.0.1:0", "-data-dir", file + ".d", "-id", "lone"])
      let port = try await lone.port()
      #expect(try await asking.get("a", on: port) == "1")
      let members = try await asking.ask(.get, "/v2/members", on: port).text
      #expect(members.contains("\"name\":\"lone\"") && !members.contains("\"name\":\"n1\""))
      await lone.end(by: SIGTERM)
    }
    // Without a majority what a member holds may be old.
    for member in cluster.members.dropFirst() { await member.child.end(by: SIGKILL) }
    let file = "\(directory.path)/none"
    let none = try await Self.run(
      "mini-etcdctl",
      [
        "-endpoints", "127.0.0.1:\(cluster.members[0].port)", "-timeout", "1s", "snapshot", "save",
        file,
      ])
    #expect(none.status == 1, "\(none)")
    for name in ["none", "none.part"] {
      #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/\(name)"))
    }
    await cluster.members[0].child.end(by: SIGKILL)
  }

  /// Serves the beginning of a backup, and not the rest.
  private static func withStalledBackup<Result: Sendable>(
    _ body: (UInt16) async throws -> Result
  ) async throws -> Result {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let server = try Server(
      host: "127.0.0.1", port: 0, loops: [loop],
      handler: ClosureHandler { response in
        let stream = try await response.stream()
        try await stream.write(Array(repeating: UInt8(ascii: "x"), count: 100_000))
        try await Task.sleep(for: .seconds(600))
      })
    async let running: Void = server.run()
    let result = try await body(server.port)
    await server.cancel()
    await running
    return result
  }

  private struct ClosureHandler: Handler {
    let answer: @Sendable (Response) async throws -> Void
    func respond(to request: Request, with response: Response) async throws {
      try await answer(response)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
  func `a save that is stopped halfway leaves the file that was there`(signal: Int32) async throws {
    let directory = try ScratchDirectory()
    let file = directory.path + "/backup"
    try "the one before".write(toFile: file, atomically: false, encoding: .utf8)
    try await Self.withStalledBackup { port in
      let save = try Child(
        "mini-etcdctl",
        ["-endpoints", "127.0.0.1:\(port)", "-timeout", "600s", "snapshot", "save", file])
      try await save.waits {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file + ".part")
        return attributes?[.size] as? Int == 100_000
      }
      #expect(await save.end(by: signal) == 128 + signal)
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "the one before")
  }

  /// Its disk takes nothing; the descriptors are closed.
  @Test func `a save without space or output leaves no file, or a whole one`() async throws {
    let directory = try ScratchDirectory()
    let server = try Child(
      "mini-etcd", ["-listen", "127.0.0.1:0", "-data-dir", directory.path + "/d"])
    let words = ["-endpoints", "127.0.0.1:\(try await server.port())", "snapshot", "save"]
    let file = directory.path + "/backup"
    let full = try Child("mini-etcdctl", words + [file], hasFullDisk: true, diagnostics: .kept)
    #expect(await full.end() == 4)
    #expect(full.keptDiagnostics().contains("cannot write to \(file).part: File too large"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["d"])
    let silent = try Child("mini-etcdctl", words + [file], redirections: ">&- 2>&- <&-")
    #expect(await silent.end() == 0)
    #expect(try await Self.run("mini-etcdctl", ["snapshot", "status", file]).status == 0)
    await server.end(by: SIGTERM)
  }

  @Test func `a backup needs the cluster's token, and no page of another site gets one`()
    async throws
  {
    let directory = try ScratchDirectory()
    try "a-secret-of-sixteen\n".write(
      to: URL(filePath: directory.path + "/token"), atomically: false, encoding: .utf8)
    let server = try Child(
      "mini-etcd",
      [
        "-listen", "127.0.0.1:0", "-data-dir", directory.path + "/d", "-cluster-token-file",
        directory.path + "/token",
      ])
    let port = try await server.port()
    let file = directory.path + "/backup"
    let words = ["-endpoints", "127.0.0.1:\(port)"]
    let without = try await Self.run("mini-etcdctl", words + ["snapshot", "save", file])
    #expect(without.status == 4)
    #expect(without.complaint.contains("the cluster's token is missing or wrong"))
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(names.sorted() == ["d", "token"])
    let token = ["-cluster-token-file", directory.path + "/token"]
    let with = try await Self.run("mini-etcdctl", words + token + ["snapshot", "save", file])
    #expect(with.status == 0, "\(with.complaint)")
    let asking = try Asking()
    let page = try await asking.ask(.post, "/snapshot", from: "http://example.com", on: port)
    #expect(page.status == 403)
    #expect(try await asking.ask(.get, "/snapshot", on: port).status == 405)
    await server.end(by: SIGTERM)
  }
}
