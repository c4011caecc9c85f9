import Testing

@Suite(.enabled(if: EtcdProcess.isInstalled, Comment(rawValue: EtcdProcess.absence)))
struct SingleCaseTests {
  @Test(.timeLimit(.minutes(1))) func `each request is answered as etcd answers it`() async throws {
    try #require(SingleCases.scripts.map(\.lines.count).reduce(0, +) >= 300)
    try await withDuel { duel in
      for script in SingleCases.scripts {
        let directory = try await duel.newDirectory()
        var index = 0
        for line in script.lines {
          do {
            let answer = try await duel.ask(Question(resolve(line, index)), in: directory)
            index = answer.storeIndex ?? index
          } catch let difference as Duel.Difference {
            Issue.record("\(script): \(difference)")
          }
        }
      }
    }
  }
}

/// Puts numbers in the places of `$I`, `$I-1` and the like.
private func resolve(_ line: String, _ index: Int) -> String {
  line.replacing(#/\$I([+-]\d+)?/#) { "\(index + ($0.1.flatMap { Int($0) } ?? 0))" }
}
