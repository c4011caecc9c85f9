import RunSupport
import Testing

@Suite(.enabled(if: EtcdProcess.isInstalled, Comment(rawValue: EtcdProcess.absence)))
struct SingleCaseTests {
  @Test(.inTurn, .timeLimit(.minutes(10))) func `each request is answered as etcd answers it`()
    async throws
  {
    try #require(SingleCases.scripts.map(\.lines.count).reduce(0, +) >= 300)
    try await withDuel { duel in
      let before = try await duel.statistics()
      for script in SingleCases.scripts {
        if script.title == "members" {
          if duel.isWithCluster { continue }
          try await duel.expectEqualCounts(since: before)
        }
        try await duel.ask(script)
      }
    }
  }
}

extension Duel {
  fileprivate func ask(_ script: SingleCases.Script) async throws {
    let directory = try await newDirectory()
    var index = 0
    for line in script.lines {
      do {
        let answer = try await ask(Question(resolve(line, index)), in: directory)
        index = answer.storeIndex ?? index
      } catch let difference as Difference {
        Issue.record("\(script): \(difference)")
      }
    }
  }

  /// Changes of members are no reads of keys, but etcd, which has its members among them, counts
  /// some.
  fileprivate func expectEqualCounts(since before: [[String: Int]]) async throws {
    let counted = zip(before, try await statistics()).map { before, after in
      after.merging(before) { after, before in after - before }
    }
    #expect(counted[0] == counted[1])
  }
}

/// Puts numbers in the places of `$I`, `$I-1` and the like.
private func resolve(_ line: String, _ index: Int) -> String {
  line.replacing(#/\$I([+-]\d+)?/#) { "\(index + ($0.1.flatMap { Int($0) } ?? 0))" }
}
