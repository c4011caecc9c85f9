import RandomSupport
import RunSupport
import Testing

@Suite(.enabled(if: EtcdProcess.isInstalled, Comment(rawValue: EtcdProcess.absence)))
struct WatchDifferTests {
  private static let watched = ["/a", "/d", "/d/x", "/d/_h", "/w/deep/k"]
  private static let paths = watched + ["/d/y", "/d/e/f", "/w/deep", "/w", "/_h", "/d/_g/k"]

  /// Watchers of every kind begin, then random requests come, waits for the past among them; in the
  /// end everything is removed, of which each that is left must hear.
  @Test(
    .inTurn, .timeLimit(.minutes(10)), arguments: [1, 2, UInt64.random(in: 3...UInt64(UInt32.max))])
  func `watchers are told what etcd tells them`(seed: UInt64) async throws {
    try await withDuel { duel in
      var random = SeededRandom(seed)
      for _ in 0..<4 {
        let directory = try await duel.newDirectory()
        var index = try await duel.ask(Question("PUT /start"), in: directory).storeIndex ?? 0
        var waits: [Wait] = []
        for path in Self.watched {
          for parameters in ["", "&recursive=true", "&stream=true", "&recursive=true&stream=true"] {
            let line = "GET \(path)?wait=true\(parameters)"
            waits.append(try await duel.begin(Question(line), in: directory))
          }
        }
        waits.append(
          try await duel.begin(Question("GET ?wait=true&stream=true&recursive=true"), in: directory)
        )
        let first = index
        for _ in 0..<60 {
          if random.oneIn(6) {
            let from = Int.random(in: first...index + 3, using: &random)
            let recursive = random.oneIn(2) ? "&recursive=true" : ""
            let line = "GET \(random.pick(Self.paths))?wait=true&waitIndex=\(from)\(recursive)"
            waits.append(try await duel.begin(Question(line), in: directory))
          }
          let answer = try await duel.ask(Question(Self.change(by: &random)), in: directory)
          index = answer.storeIndex ?? index
        }
        try await Self.end(duel, in: directory)
        for wait in waits {
          let end = #""node":{"key":"\#(directory)","dir":true,"modified"#
          #expect(try await !wait.finish(at: end).isEmpty)
        }
      }
    }
  }

  private static func change(by random: inout SeededRandom) -> String {
    let path = random.pick(paths)
    return switch Int.random(in: 0..<10, using: &random) {
    case 0: "PUT \(path) dir=true"
    case 1: "PUT \(path) value=1 ttl=10000"
    case 2: "PUT \(path) ttl=10000 refresh=true"
    case 3: "PUT \(path) value=2 prevExist=true"
    case 4: "PUT \(path) value=3 prevValue=1"
    case 5: "DELETE \(path)?recursive=true"
    case 6: "DELETE \(path)?dir=true"
    case 7: "POST \(path) value=1"
    default: "PUT \(path) value=1"
    }
  }

  /// Makes sure that everything that is watched is there, and then removes it all.
  private static func end(_ duel: Duel, in directory: String) async throws {
    for path in ["/a", "/d", "/w", "/_h"] {
      try await duel.ask(Question("DELETE \(path)?recursive=true"), in: directory)
    }
    for path in ["/a", "/d/x", "/d/_h", "/w/deep/k", "/d/y", "/d/e/f", "/_h", "/d/_g/k"] {
      try await duel.ask(Question("PUT \(path) value=end"), in: directory)
    }
    try await duel.ask(Question("DELETE ?recursive=true"), in: directory)
  }

  @Test(.inTurn, .timeLimit(.minutes(10)))
  func `what is no longer known is refused, what is just known told`()
    async throws
  {
    try await withDuel { duel in
      let directory = try await duel.newDirectory()
      var first = 0
      for number in 0...1_000 {
        let answer = try await duel.ask(Question("PUT /k value=\(number)"), in: directory)
        if number == 0 { first = answer.storeIndex ?? 0 }
      }
      for parameters in ["", "&recursive=true", "&stream=true"] {
        let line = "GET /k?wait=true&waitIndex=\(first)\(parameters)"
        try await duel.ask(Question(line), in: directory)
      }
      let oldest = Question("GET /k?wait=true&waitIndex=\(first + 1)")
      try await duel.begin(oldest, in: directory).finish()
      try await duel.ask(Question("GET @/v2/keys/k?wait=true&waitIndex=1"))
    }
  }
}
