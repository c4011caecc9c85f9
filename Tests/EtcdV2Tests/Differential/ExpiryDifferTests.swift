import RunSupport
import Testing

@Suite(.enabled(if: EtcdProcess.isInstalled, Comment(rawValue: EtcdProcess.absence)))
struct ExpiryDifferTests {
  /// Facts 38 to 42.
  @Test(.inTurn, .timeLimit(.minutes(10))) func `what ran out is told as etcd tells it`()
    async throws
  {
    try await withDuel { duel in
      let directory = try await duel.newDirectory()
      func ask(_ line: String) async throws { try await duel.ask(Question(line), in: directory) }
      func end(_ key: String, after line: String) async throws {
        let wait = try await duel.begin(Question("GET \(key)?wait=true"), in: directory)
        // The first event is the write's own.
        let index = try await duel.ask(Question(line), in: directory).storeIndex ?? 0
        try await wait.finish()
        let after = "GET \(key)?wait=true&waitIndex=\(index + 1)"
        let told = try await duel.begin(Question(after), in: directory, isRacing: true).finish()
        #expect(told.contains(#""action":"expire""#))
        try await ask("GET \(key)")
      }
      try await end("/a", after: "PUT /a value=1 ttl=1")
      try await end("/a", after: "PUT /a value=1 ttl=0")
      try await end("/a", after: "PUT /a value=1 ttl=18446744073709551615")
      try await end("/d", after: "PUT /d dir=true ttl=1")
    }
  }

  @Test(.inTurn, .timeLimit(.minutes(10))) func `a directory takes along what is in it`()
    async throws
  {
    try await withDuel { duel in
      let directory = try await duel.newDirectory()
      func ask(_ line: String) async throws { try await duel.ask(Question(line), in: directory) }
      // Long enough for a busy machine to begin all the waits.
      try await ask("PUT /d dir=true ttl=5")
      try await ask("PUT /d/k value=1 ttl=100")
      try await ask("PUT /d/e/f value=1")
      var waits: [Wait] = []
      for path in ["/d/k", "/d/e", "/d/e/f", "/d", "?"] {
        let line = path == "?" ? "GET ?wait=true&recursive=true" : "GET \(path)?wait=true"
        waits.append(try await duel.begin(Question(line), in: directory, isRacing: true))
      }
      for wait in waits {
        let expired = #""action":"expire","node":{"key":"\#(directory)/d""#
        #expect(try await wait.finish().contains(expired))
      }
      try await ask("GET ?recursive=true")
    }
  }
}
