import Foundation
import RunSupport
import Testing

/// A reader has one clone: what a page leaves in it, the next one finds. Each page by itself is run
/// by ``AnswersTests``; here those that start servers are walked in order, which takes minutes, and
/// so only where the environment variable COURSE_WALK is set, as `.ci/run` does.
@Suite(.inTurn, .timeLimit(.minutes(15)))
struct WalkTests {
  private static let isAskedFor = ProcessInfo.processInfo.environment["COURSE_WALK"] != nil

  /// The pages that start servers, as the course orders them.
  private static func pages() throws -> [Page] {
    let paths = Repository.englishPages.filter {
      $0 == "README.md"
        || $0.hasPrefix("steps/step-") && $0.split(separator: "/").count == 3
    }
    // README.md before HTTP.md and 1-why-replicate.md.
    let keys = paths.map { path in
      path.replacing("README.md", with: "0").replacing("10-", with: "9z-")
    }
    return try zip(keys, paths).sorted { $0 < $1 }.map { try Repository.page($1) }
      .filter { try Script($0).pieces.contains { $0.kind == .server } }
  }

  @Test func `the root page comes first, and the steps in order`() throws {
    let paths = try WalkTests.pages().map(\.path)
    #expect(paths.count > 10)
    #expect(paths.first == "README.md")
    let steps = paths.compactMap { $0.firstMatch(of: /step-([1-6])/).map { "\($0.1)" } }
    #expect(steps == steps.sorted())
  }

  @Test(.enabled(if: isAskedFor))
  func `in one clone, in order, every command prints what its page says`() async throws {
    let (script, places) = try Script.joined(WalkTests.pages())
    if let tool = ChapterRun.toolMissing(for: script) {
      try Test.cancel("\(tool) is not installed; CI has it")
    }
    for (line, difference) in try await ChapterRun(script, within: 840).differences(all: true) {
      Issue.record("\(places[line]): (- is said, + is so)\n\(difference)")
    }
  }
}
