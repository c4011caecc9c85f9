import Testing

// The suites of this target are serialized: each test starts processes that share the machine with
// every other test.

/// The programs that serve, and what they need to be told.
enum ServerProgram: String, CaseIterable, CustomTestStringConvertible {
  case inMemory = "step-2-http-api"
  case durable = "step-3-wal-persistence"
  case watched = "step-4-watch"
  case timed = "step-5-timeout-control"
  case etcd = "mini-etcd"

  var testDescription: String { rawValue }

  var isDurable: Bool { self != .inMemory }
  /// Whether it takes a signal as a request to end in good order.
  var stopsGracefully: Bool { self == .timed || self == .etcd }
  /// Whether its keys can have a time to live that passes.
  var expires: Bool { stopsGracefully }

  /// The arguments with which it serves `directory` on a port that the system chooses.
  func arguments(_ directory: ScratchDirectory) -> [String] {
    ["-listen", "127.0.0.1:0"] + (isDurable ? ["-data-dir", directory.path] : [])
  }
}
