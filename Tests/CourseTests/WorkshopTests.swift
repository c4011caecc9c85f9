import Foundation
import RunSupport
import Testing

/// The tasks of `steps/build`: each is whole, and its functions are where its gap says. Whether the
/// judges judge well is proved by `steps/build --all`.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct WorkshopTests {
  /// The folders steps/STEP/build/TASK.
  static let tasks = Repository.files.filter { $0.hasPrefix("steps/step-") && $0.hasSuffix("/gap") }
    .map { String($0.dropLast("/gap".count)) }

  /// The lines of a task's gap that begin with a word and a colon, without them.
  private static func lines(_ word: String, of task: String) throws -> [String] {
    try Repository.text(of: task + "/gap").split(separator: "\n")
      .filter { $0.hasPrefix(word + ": ") }.map { String($0.dropFirst(word.count + 2)) }
  }

  @Test func `there are tasks`() { #expect(WorkshopTests.tasks.count >= 3) }

  @Test(arguments: tasks)
  func `a task has a judge, a page, hints and three wrong solutions`(task: String) throws {
    for file in ["judge.swift", "README.md", "README.zh.md", "hints.md", "hints.zh.md"] {
      #expect(Repository.exists("\(task)/\(file)"), "\(file)")
    }
    let wrong = Repository.files.filter {
      $0.hasPrefix("\(task)/wrong/") && $0.hasSuffix(".swift")
    }
    #expect(wrong.count >= 3)
    for file in wrong {
      let text = try Repository.text(of: file)
      #expect(text.contains("// says: "), "\(file) names no words that its judge must say")
    }
    let questions = try Repository.page(task + "/README.md").source.split(
      separator: "<details>", omittingEmptySubsequences: false)
    #expect(questions.count == 4, "three questions have folded answers")
  }

  /// `tests: StoreTests/PathTests` is a target, and a file in it.
  @Test(arguments: tasks) func `the tests a task names are there`(task: String) throws {
    let parts = try WorkshopTests.lines("tests", of: task).first?.split(separator: "/") ?? []
    try #require(parts.count == 2)
    let isThere = Repository.files.contains {
      $0.hasPrefix("Tests/\(parts[0])/") && $0.hasSuffix("/\(parts[1]).swift")
    }
    #expect(isThere, "\(parts)")
  }

  @Test(arguments: tasks)
  func `a gap's functions are in the files it names`(task: String) throws {
    var file = ""
    for line in try Repository.text(of: task + "/gap").split(separator: "\n") {
      if line.hasPrefix("in: ") { file = String(line.dropFirst(4)) }
      guard line.hasPrefix("function: ") else { continue }
      let said = try WorkshopTests.found(String(line.dropFirst(10)), in: file)
      #expect(said == "", "\(task): \(said)")
    }
    #expect(file != "")
  }

  @Test func `a function that is not there, or there twice, is found`() throws {
    let file = "Sources/Store/Path.swift"
    #expect(try WorkshopTests.found("Path.isWithin(_:)", in: file) == "")
    #expect(try WorkshopTests.found("Path.isRoot", in: file) == "")
    #expect(try WorkshopTests.found("Path.init(_:) ArraySlice", in: file) == "")
    #expect(
      try WorkshopTests.found("Path.isIn(_:)", in: file)
        == "\(file) declares no Path.isIn(_:)\n")
    #expect(
      try WorkshopTests.found("Path.init(_:)", in: file)
        == "\(file) declares 2 of the name Path.init(_:)\n")
  }

  /// What steps/workshop/functions.awk complains of.
  private static func found(_ name: String, in file: String) throws -> String {
    try run(
      "awk",
      ["-f", "steps/workshop/functions.awk", "-v", "name=\(name)", "-v", "mode=line", file],
      in: Repository.root, returning: .errors
    ).text
  }

  /// The chapters' rows `| [1-path](build/1-path/README.md) | ... | 20 min |`.
  @Test(arguments: tasks)
  func `a chapter's table has the task, with its time`(task: String) throws {
    let parts = task.split(separator: "/").map(String.init)
    let time = try WorkshopTests.lines("time", of: task).first ?? ""
    let rows = Repository.englishPages.filter { $0.hasPrefix("steps/\(parts[1])/") }
      .flatMap { path in
        ((try? Repository.page(path))?.blocks ?? []).compactMap { placed in
          if case .row(let row) = placed.block { row } else { nil }
        }
      }
      .filter { $0.hasPrefix("| [\(parts[3])](build/\(parts[3])/README.md) |") }
    #expect(rows.count == 1)
    #expect(rows.first?.hasSuffix("| \(time) |") == true, "its time is \(time)")
  }

  /// steps/README's rows `| [step-1-basic-store](...) | 3 | 1 h 25 min |`.
  @Test func `the course's table counts a step's tasks and their time`() throws {
    let steps = Set(WorkshopTests.tasks.map { $0.split(separator: "/")[1] })
    for step in steps {
      let tasks = WorkshopTests.tasks.filter { $0.hasPrefix("steps/\(step)/") }
      let minutes = try tasks.reduce(0) { sum, task in
        let words = try WorkshopTests.lines("time", of: task).first?.split(separator: " ") ?? []
        return sum + (words.first.flatMap { Int($0) } ?? 0)
      }
      let time =
        (minutes >= 60 ? ["\(minutes / 60) h"] : [])
        + (minutes % 60 > 0 ? ["\(minutes % 60) min"] : [])
      let row =
        "| [\(step)](\(step)/README.md#write-it-yourself) | \(tasks.count) "
        + "| \(time.joined(separator: " ")) |"
      #expect(try Repository.text(of: "steps/README.md").contains(row), "\(row)")
    }
  }
}
