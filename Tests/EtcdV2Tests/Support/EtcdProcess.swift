import Foundation
import HTTP
import Loop

/// A real etcd with an empty data directory, for the time of a test.
final class EtcdProcess: Sendable {
  static let path = ["/usr/bin/etcd", "/usr/local/bin/etcd", "/opt/homebrew/bin/etcd"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
  static let isInstalled = path != nil
  static let absence = "etcd is not installed (Debian: etcd-server), so nothing is compared with it"

  let port: UInt16
  private let process: Process
  private let directory: URL

  private init(port: UInt16, process: Process, directory: URL) {
    self.port = port
    self.process = process
    self.directory = directory
  }

  /// Runs `body` with the port of an etcd that is ready.
  static func serving<Result>(_ body: (UInt16) async throws -> Result) async throws -> Result {
    let etcd = try await start()
    defer { etcd.stop() }
    return try await body(etcd.port)
  }

  /// Starts it; again, a few times, if another test's server took a port that was free a moment
  /// ago.
  private static func start() async throws -> EtcdProcess {
    for _ in 0..<4 {
      do { return try await startOnce() } catch is NotStarted { continue }
    }
    return try await startOnce()
  }

  private static func startOnce() async throws -> EtcdProcess {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("mini-etcd-judge-\(UUID().uuidString)")
    let (clientPort, peerPort) = try freePorts()
    let client = "http://127.0.0.1:\(clientPort)"
    let peer = "http://127.0.0.1:\(peerPort)"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    process.arguments = [
      "--enable-v2=true", "--data-dir", directory.path, "--listen-client-urls", client,
      "--advertise-client-urls", client, "--listen-peer-urls", peer,
      "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=\(peer)",
    ]
    let log = Pipe()
    process.standardOutput = log
    process.standardError = log
    try process.run()
    let etcd = EtcdProcess(port: clientPort, process: process, directory: directory)
    guard await isReady(by: log.fileHandleForReading) else {
      etcd.stop()
      throw NotStarted()
    }
    return etcd
  }

  struct NotStarted: Error {}

  /// What the log says when clients may come, and when nothing more is written by etcd itself.
  private static let signs = [
    "serving insecure client requests", "set the initial cluster version",
  ].map { Data($0.utf8) }

  /// Reads the log to its end on a thread of its own; true as soon as all signs were seen.
  private static func isReady(by log: FileHandle) async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var text = Data()
        var waiting = true
        while case let piece = log.availableData, !piece.isEmpty {
          guard waiting else { continue }
          text.append(piece)
          if signs.allSatisfy({ text.range(of: $0) != nil }) {
            waiting = false
            continuation.resume(returning: true)
          }
        }
        if waiting { continuation.resume(returning: false) }
      }
    }
  }

  /// Two ports of the system's choice, free a moment ago.
  private static func freePorts() throws -> (UInt16, UInt16) {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let first = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: Router())
    let second = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: Router())
    return (first.port, second.port)
  }

  private func stop() {
    // Asked to, it would first wait for its clients, and a thread of the tests for it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: directory)
  }
}
