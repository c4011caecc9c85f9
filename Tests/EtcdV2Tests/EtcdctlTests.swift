import Foundation
import HTTP
import HTTPAPI
import RunSupport
import ServingSupport
import Testing

/// etcd's own client, unchanged, speaking to ours.
@Suite(
  .inTurn, .timeLimit(.minutes(10)),
  .enabled(if: Etcdctl.path != nil, "etcdctl is not installed (Debian: etcd-client)"))
struct EtcdctlTests {
  /// Commands, each with what it prints and its exit status.
  private static let session: [(words: String, printed: String, status: Int32)] = [
    ("set /a 1", "1\n", 0), ("get /a", "1\n", 0), ("get /none", "", 4), ("mk /b 2", "2\n", 0),
    ("mk /b 2", "", 4), ("mk --in-order /q 1", "1\n", 0), ("mkdir /d", "", 0),
    ("mkdir /d", "", 4), ("setdir /e", "", 0), ("update /a 3", "3\n", 0),
    ("update /none 3", "", 4), ("updatedir --ttl 100 /e", "", 0), ("set --ttl 50 /d/x 1", "1\n", 0),
    ("ls --sort /", "/a\n/b\n/d\n/e\n/q\n", 0),
    (
      "ls -r --sort -p /", "/a\n/b\n/d/\n/d/x\n/e/\n/q/\n/q/00000000000000000006\n", 0
    ),
    ("rmdir /d", "", 4), ("rm /d", "", 4), ("rm --with-value 9 /a", "", 4),
    ("set --swap-with-value 3 /a 4", "4\n", 0), ("set --swap-with-value 3 /a 4", "", 4),
    ("set --swap-with-index 12 /a 5", "5\n", 0), ("set --swap-with-index 12 /a 5", "", 4),
    ("watch --after-index 3 /a", "1\n", 0), ("rm --with-value 5 /a", "\n", 0),
    ("rm --recursive /d", "", 0), ("rmdir /e", "", 0), ("ls --sort /", "/b\n/q\n", 0),
    (
      "member list",
      """
      8e9e05c52164694d: name=default peerURLs=http://127.0.0.1:2380 \
      clientURLs=http://127.0.0.1:2379 isLeader=true

      """, 0
    ),
  ]

  @Test func `etcdctl is answered as by etcd`() async throws {
    try await withEtcd { serving, _ async throws in
      for (words, printed, status) in Self.session {
        let result = try await Etcdctl.run(words, port: serving.server.port)
        #expect(result.printed == printed, "\(words): \(result)")
        #expect(result.status == status, "\(words): \(result)")
      }
    }
  }

  @Test func `etcdctl finds the cluster healthy`() async throws {
    try await withEtcd { member, _ async throws in
      let url = "http://127.0.0.1:\(member.server.port)"
      let ours = try OurServer(time: SteadyTime(), clientURL: url)
      try await withServing(ours.handler) { serving async throws in
        let result = try await Etcdctl.run("cluster-health", port: serving.server.port)
        #expect(result.printed.contains("is healthy: got healthy result from \(url)"))
        #expect(result.status == 0)
      }
    }
  }
}

enum Etcdctl {
  static let path = ["/usr/bin/etcdctl", "/usr/local/bin/etcdctl"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs it to its end, on a thread of its own.
  static func run(
    _ words: String, port: UInt16
  ) async throws -> (printed: String, status: Int32) {
    // A busy machine is not a fault.
    let patience = ["--no-sync", "--timeout", "60s", "--total-timeout", "120s"]
    return try await run(patience, words, port: port, version: "2", errors: Pipe())
  }

  /// Runs it with its default API; `printed` has its errors, too.
  static func runVersionThree(
    _ words: String, port: UInt16
  ) async throws -> (printed: String, status: Int32) {
    let patience = ["--command-timeout", "60s", "--dial-timeout", "60s"]
    return try await run(patience, words, port: port, version: "3", errors: nil)
  }

  /// - Parameter errors: where its errors go; nil: among what it prints.
  private static func run(
    _ patience: [String], _ words: String, port: UInt16, version: String, errors: Pipe?
  ) async throws -> (printed: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    process.arguments =
      patience + ["--endpoints", "http://127.0.0.1:\(port)"]
      + words.split(separator: " ").map(String.init)
    process.environment = ["ETCDCTL_API": version]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = errors ?? output
    try process.run()
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let text = String(
          decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        continuation.resume(returning: (text, process.terminationStatus))
      }
    }
  }
}
