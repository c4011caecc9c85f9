import Foundation
import RunSupport
import Testing

/// The house's rules that the formatter does not know.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TidinessTests {
  @Test func `every public and package type and function has a comment`() throws {
    let sources = try Repository.files.filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
      .map { (path: $0, lines: try Repository.text(of: $0).components(separatedBy: "\n")) }
    let required = sources.reduce(into: Comments.standard) {
      $0.formUnion(Comments.requirements(in: $1.lines))
    }
    for (path, lines) in sources {
      for number in Comments.missing(in: lines, beside: required) {
        Issue.record("\(path):\(number): no comment: \(lines[number - 1])")
      }
    }
  }

  static let commented = """
    /// A protocol.
    public protocol Command {
      /// Applies it.
      func apply()
    }
    /// A type.
    @frozen public struct A {
      package func apply() {}
      func hidden() {}
      /// A function.
      @inlinable
      package static func make() -> A { A() }
    }
    """.components(separatedBy: "\n")

  @Test func `a comment above attributes, or of the protocol, is enough`() {
    let required = Comments.requirements(in: Self.commented)
    #expect(required == ["apply"])
    #expect(Comments.missing(in: Self.commented, beside: required) == [])
  }

  @Test func `a missing comment is found`() {
    let lines = Self.commented.filter { !$0.contains("///") }
    #expect(Comments.missing(in: lines, beside: []) == [1, 4, 5, 8])
  }

  /// The formatter breaks lines of code, but not those of comments.
  @Test func `comments have at most 100 columns`() throws {
    for file in Repository.files where file.hasSuffix(".swift") {
      let lines = try Repository.text(of: file).components(separatedBy: "\n")
      for (number, line) in zip(1..., lines) where line.unicodeScalars.count > 100 {
        // A row of a table cannot be broken.
        let text = line.drop(while: { $0 == " " })
        guard text.hasPrefix("//"), !text.hasPrefix("/// |"), !text.hasPrefix("// |") else {
          continue
        }
        Issue.record("\(file):\(number): \(line.unicodeScalars.count) columns")
      }
    }
  }

  @Test(.enabled(if: History.isTold, "only main's whole history is checked"))
  func `the subject of a commit names an area`() throws {
    for subject in try History.subjects() where !History.isWellFormed(subject) {
      Issue.record("not of the form `area: what changed`: \(subject)")
    }
  }

  @Test func `a subject without an area is found`() {
    for subject in [
      "wal: pad the log", "http, cluster: keep room", "raft-sim: tell", ".ci: a b", "c++: a",
    ] {
      #expect(History.isWellFormed(subject) == (subject != "c++: a"), "\(subject)")
    }
    for subject in ["Pad the log", "WAL: pad", "wal : pad", "wal:pad", "wal: pad the log."] {
      #expect(!History.isWellFormed(subject), "\(subject)")
    }
  }
}

/// Which declarations need a comment of their own.
private enum Comments {
  /// What the standard library's protocols ask for, and its documentation says.
  static let standard: Set<String> = ["next", "write"]

  private static var declaration: Regex<(Substring, kind: Substring, name: Substring)> {
    /^ *(?:@\w+(?:\([^)]*\))? +)*(?:public|package) +(?:[a-z]+ +)*?(?<kind>struct|class|enum|protocol|actor|func) +(?<name>[^ (<:{]+).*/
  }

  /// The names of functions that protocols require: what one does is said there.
  static func requirements(in lines: [String]) -> Set<String> {
    var isInside = false
    var found: Set<String> = []
    for line in lines {
      if line.hasPrefix("public protocol ") || line.hasPrefix("package protocol ")
        || line.hasPrefix("protocol ")
      {
        isInside = true
      } else if line == "}" {
        isInside = false
      } else if isInside,
        let match = line.prefixMatch(of: /^ +(?:(?:static|mutating|consuming) +)*func +([^ (<]+)/)
      {
        found.insert(String(match.1))
      }
    }
    return found
  }

  /// The numbers, from 1, of lines that declare something without a comment above.
  static func missing(in lines: [String], beside required: Set<String>) -> [Int] {
    lines.indices.filter { place in
      guard let match = lines[place].wholeMatch(of: declaration) else { return false }
      if match.kind == "func", required.contains(String(match.name)) { return false }
      let above = lines[..<place].last { !$0.drop { $0 == " " }.hasPrefix("@") }
      return above?.drop { $0 == " " }.hasPrefix("///") != true
    }
    .map { $0 + 1 }
  }
}

/// The commits since this file was added: earlier ones were made before the rule.
private enum History {
  /// Not in a shallow clone, nor on a step's tag, nor on a branch of a learner's own.
  static var isTold: Bool {
    (try? run(["rev-parse", "--is-shallow-repository"])) == "false\n"
      && (try? run(["branch", "--show-current"])) == "main\n" && (try? beginning()) != nil
  }

  /// `area: what changed`; several areas with commas, no full stop. A folder is an area, such as
  /// `.ci`.
  static func isWellFormed(_ subject: String) -> Bool {
    subject.wholeMatch(of: /\.?[a-z0-9][a-z0-9.\-]*(?:, \.?[a-z0-9][a-z0-9.\-]*)*: \S.*[^.\s]/)
      != nil
  }

  static func subjects() throws -> [String] {
    guard let beginning = try beginning() else { return [] }
    return try run(["log", "--no-merges", "--format=%s", "\(beginning)^..HEAD"])
      .split(separator: "\n").map(String.init)
  }

  private static func beginning() throws -> String? {
    let path = "Tests/CourseTests/TidinessTests.swift"
    return try run(["log", "--format=%H", "--diff-filter=A", "--", path])
      .split(separator: "\n").last.map(String.init)
  }

  private static func run(_ arguments: [String]) throws -> String {
    let (status, text) = try RunSupport.run(
      "git", arguments, in: Repository.root, returning: .output)
    return status == 0 ? text : ""
  }
}
