import RunSupport
import Testing

/// The operators' page lists each event that the servers log, with its level, and no other.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct EventsTests {
  private static let sources = Repository.files.filter {
    $0.hasPrefix("Sources/") && $0.hasSuffix(".swift")
  }

  @Test(arguments: ["steps/step-6-raft/12-operating.md", "steps/step-6-raft/12-operating.zh.md"])
  func `the table of events is that of the sources`(path: String) throws {
    var logged: Set<String> = []
    for source in Self.sources {
      let text = try Repository.text(of: source).split(separator: "\n")
        .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
      for match in text.matches(of: /\.(debug|info|warn|error)\(\s*"([a-z0-9_]+)"/) {
        logged.insert("\(match.2), \(match.1)")
      }
    }
    #expect(logged.count > 30)
    let listed = try Repository.page(path).blocks.compactMap { placed -> String? in
      guard case .row(let row) = placed.block,
        let match = row.prefixMatch(of: /\| `([a-z0-9_]+)` \| (debug|info|warn|error) \|/)
      else { return nil }
      return "\(match.1), \(match.2)"
    }
    #expect(Set(listed).count == listed.count, "a row comes twice")
    #expect(logged.symmetricDifference(listed) == [])
  }

  @Test func `no line of a log is put together by hand`() throws {
    for source in Self.sources where source != "Sources/Bytes/LogLine.swift" {
      for line in try Repository.text(of: source).split(separator: "\n") {
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        #expect(isComment || !line.contains("event="), "\(source): \(line)")
      }
    }
  }
}
