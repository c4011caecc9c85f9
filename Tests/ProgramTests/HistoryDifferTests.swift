import Foundation
import HTTP
import RunSupport
import Testing

/// mini-etcd and a real etcd, asked the same, killed, and started again from a snapshot: a watcher
/// is told of the same past by both.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct HistoryDifferTests {
  private static let etcd = ["/usr/bin/etcd", "/usr/local/bin/etcd"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: etcd != nil, "etcd is not installed (Debian: etcd-server)"))
  func `a watcher is told the same past as by etcd after a start from a snapshot`()
    async throws
  {
    let ports = freePorts(3)
    let client = "http://127.0.0.1:\(ports[0])"
    let peer = "http://127.0.0.1:\(ports[1])"
    let asking = try Asking()
    let etcd = try Side(
      asking, Self.etcd ?? "",
      [
        "--enable-v2=true", "--snapshot-count=10", "--listen-client-urls", client,
        "--advertise-client-urls", client, "--listen-peer-urls", peer,
        "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=\(peer)",
      ], ports[0])
    let ours = try Side(
      asking, "mini-etcd", ["-listen", "127.0.0.1:\(ports[2])", "-snapshot-count", "10"], ports[2])
    // A fresh etcd has written three times before it is ready.
    try await etcd.waitUntilReady(index: 3)
    try await ours.waitUntilReady(index: 0)
    for _ in 0..<3 { _ = try await ours.ask("PUT /first value=1") }

    var last = 0
    for number in 0..<6 * Self.changes.count {
      let line = Self.changes[number % Self.changes.count].replacing("N", with: "\(number)")
      let (told, toldByUs) = (try await etcd.ask(line), try await ours.ask(line))
      #expect(toldByUs.answer.past == told.answer.past && toldByUs.index == told.index, "\(line)")
      last = told.index
    }
    for side in [etcd, ours] {
      try await side.restart()
      try await side.waitUntilReady(index: last)
    }
    #expect(try ours.hasSnapshot)

    for index in 4..<last {
      for query in ["/a?wait=true", "/d?wait=true&recursive=true", "?wait=true&recursive=true"] {
        let line = "GET \(query.hasPrefix("?") ? "/" : "")\(query)&waitIndex=\(index)"
        let told = try await etcd.ask(line).answer
        let toldByUs = try await ours.ask(line).answer
        #expect(toldByUs.past == told.past, "\(line)")
      }
    }
  }

  /// The last two concern all that is watched, so that no wait is for what is still to come.
  private static let changes = [
    "PUT /a value=N", "PUT /d/x value=N", "PUT /a value=N2 prevExist=true", "PUT /d/_h/k value=N",
    "POST /q value=N", "DELETE /d/x", "PUT /dir dir=true", "PUT /a value=N%22%0a%C3%A9",
    "PUT /d value= refresh=true prevExist=true", "DELETE /d?recursive=true", "PUT /d/y/z value=N",
    "PUT /a value=N prevValue=N", "PUT /t ttl=1000 value=N",
    "PUT /t ttl=2000 refresh=true prevExist=true",
    "DELETE /a", "POST /d value=N", "PUT /d/e value=N", "PUT /d/e value=N prevValue=N",
    "PUT /a value=N",
    "PUT /d/last value=N",
  ]

  /// One of the two.
  private final class Side {
    private let asking: Asking
    private let directory: ScratchDirectory
    private let program: String
    private let arguments: [String]
    private var child: Child
    private let port: UInt16

    init(_ asking: Asking, _ program: String, _ arguments: [String], _ port: UInt16) throws {
      self.asking = asking
      self.program = program
      self.port = port
      directory = try ScratchDirectory()
      self.arguments = arguments + ["-data-dir", "\(directory.path)/data"]
      child = try Child(program, self.arguments)
    }

    func restart() async throws {
      await child.end(by: SIGKILL)
      child = try Child(program, arguments)
    }

    /// Whether the log that our side reads does not begin at its beginning.
    var hasSnapshot: Bool {
      get throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/data")
        return names.contains { $0.hasPrefix("snapshot-") && $0.hasSuffix(".jsonl") }
          && !names.contains("wal-0000000000000001.jsonl")
      }
    }

    /// What it answers to a request below /v2/keys, and where its store is.
    func ask(_ line: String) async throws -> (answer: Asking.Answer, index: Int) {
      let words = line.split(separator: " ").map(String.init)
      let methods: [String: HTTP.Method] = ["PUT": .put, "POST": .post, "DELETE": .delete]
      return try await asking.askForm(
        methods[words[0]] ?? .get, "/v2/keys\(words[1])",
        words.dropFirst(2).joined(separator: "&"), on: port)
    }

    /// Waits until it answers and stands at `index` or beyond.
    func waitUntilReady(index: Int) async throws {
      while true {
        if let now = try? await ask("GET /?quorum=true").index, now >= index { return }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}

extension Asking.Answer {
  /// Without what depends on when it was asked for: the time left.
  fileprivate var past: Self {
    var past = self
    past.text = text.replacing(#/"ttl":\d+/#, with: "").replacing(
      #/"expiration":"[^"]*"/#, with: ""
    )
    return past
  }
}
