import RunSupport
import Testing

@Suite(.enabled(if: EtcdProcess.isInstalled, Comment(rawValue: EtcdProcess.absence)))
struct RandomDifferTests {
  /// Operations before the next ones begin in a directory of their own.
  private static let run = 100

  @Test(.inTurn, .timeLimit(.minutes(10)))
  func `random requests are answered as etcd answers them`()
    async throws
  {
    let seed = firstSeed()
    let runs = operations(2_000) / Self.run
    try await withDuel { duel in
      for run in 0..<UInt64(runs) {
        var questions = RandomQuestions(seed: seed &+ run)
        let lines = (0..<Self.run).map { _ in questions.next() }
        guard let difference = try await duel.firstDifference(in: lines) else { continue }
        let fewest = try await duel.shrink(Array(lines.prefix(difference.position + 1)))
        let shrunk = try await duel.firstDifference(in: fewest)
        Issue.record(
          """
          MINI_ETCD_DIFFER_SEED=\(seed &+ run): after
          \(fewest.joined(separator: "\n"))
          \(shrunk?.difference ?? difference.difference)
          """)
        return
      }
    }
  }
}

extension Duel {
  /// Asks the lines in turn, in a new directory, up to the first on which the two do not agree.
  func firstDifference(
    in lines: [String]
  ) async throws -> (position: Int, difference: Difference)? {
    let directory = try await newDirectory()
    for (position, line) in lines.enumerated() {
      do {
        try await ask(Question(try await resolve(line, in: directory)), in: directory)
      } catch let difference as Difference {
        return (position, difference)
      }
    }
    return nil
  }

  /// Leaves out what is not needed for the two to disagree, bigger parts first.
  func shrink(_ lines: [String]) async throws -> [String] {
    var lines = lines
    var size = lines.count / 2
    while size > 0 {
      var start = 0
      while start < lines.count {
        var fewer = lines
        fewer.removeSubrange(start..<min(start + size, lines.count))
        if try await firstDifference(in: fewer) != nil { lines = fewer } else { start += size }
      }
      size /= 2
    }
    return lines
  }

  /// Puts indexes in the places of `<path>` and `<path+1>`.
  private func resolve(_ line: String, in directory: String) async throws -> String {
    guard let match = line.firstMatch(of: #/<([^>+-]*)([+-]1)?>/#) else { return line }
    let answer = try await ask(Question("HEAD \(match.1)"), in: directory)
    let body = try await ask(Question("GET \(match.1)?sorted=true"), in: directory).body
    let found = body.firstMatch(of: #/"modifiedIndex":(\d+),"createdIndex":\d+}}/#)
    let index = found.flatMap { Int($0.1) } ?? answer.storeIndex ?? 0
    let difference = match.2.flatMap { Int($0) } ?? 0
    var line = line
    line.replaceSubrange(match.range, with: "\(index + difference)")
    return line
  }
}
