import RunSupport
import Testing

/// Builds and test runs cannot be run by a test; a page may only name those that CI runs anyway.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct BuildTests {
  @Test(arguments: Repository.englishPages)
  func `builds are those that CI makes`(path: String) throws {
    let page = try Repository.page(path)
    let known = try Repository.text(of: ".ci/run") + Repository.text(of: "steps/tag")
    for (line, command) in try Script(page).builds where !BuildTests.isRun(command, by: known) {
      Issue.record("\(page.place(line)): no part of CI: \(command)")
    }
  }

  /// Whether every command of a line is git's or one of the scripts'.
  private static func isRun(_ line: String, by scripts: String) -> Bool {
    let line = line.prefix { $0 != "#" }
    return line.replacing(" && ", with: "\n").split(separator: "\n").allSatisfy { command in
      var words = command.split(separator: " ").joined(separator: " ")
      if words.hasPrefix("./") { words.removeFirst(2) }
      // CI runs every step's check, every exercise's, and every task's judge.
      if words.hasPrefix("steps/build step-") {
        let words = words.split(separator: " ")
        let place = words[1].split(separator: "/")
        return place.count == 2 && Repository.exists("steps/\(place[0])/build/\(place[1])/gap")
          && words.dropFirst(2).allSatisfy { $0 == "--check" }
      }
      if words.hasPrefix("steps/exercise step-") {
        let place = words.dropFirst("steps/exercise ".count)
          .replacing(" --solution", with: "").split(separator: "/")
        return place.count == 2
          && Repository.exists("steps/\(place[0])/exercises/\(place[1])/check")
      }
      // CI runs all tests, and so those of each module.
      if words.hasPrefix("swift test --filter ") {
        return Repository.exists("Tests/" + words.dropFirst("swift test --filter ".count))
      }
      if words.hasPrefix("bash steps/"), words.hasSuffix("/check") {
        return Repository.exists(String(words.dropFirst("bash ".count)))
      }
      return words.hasPrefix("git ") || words.hasPrefix("cd ") || scripts.contains(words)
    }
  }

  @Test func `a build that CI does not make is found`() {
    let scripts = "check steps/tag --verify\nswift test\n"
    #expect(BuildTests.isRun("./steps/tag && git log   # the course", by: scripts))
    #expect(BuildTests.isRun("bash steps/step-1-basic-store/check", by: ""))
    #expect(!BuildTests.isRun("bash steps/step-9/check", by: ""))
    #expect(!BuildTests.isRun("steps/exercise step-1-basic-store/9-nothing", by: ""))
    #expect(BuildTests.isRun("swift test --filter StoreTests", by: ""))
    #expect(!BuildTests.isRun("swift test --filter NoTests", by: ""))
    #expect(BuildTests.isRun("steps/build step-1-basic-store/1-path --check", by: ""))
    #expect(!BuildTests.isRun("steps/build step-1-basic-store/9-nothing", by: ""))
    #expect(!BuildTests.isRun("git log && swift build --static", by: scripts))
  }
}
