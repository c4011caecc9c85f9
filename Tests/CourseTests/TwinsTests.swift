import Foundation
import RunSupport
import Testing

/// Each page has a twin in the other language, which says the same and follows its present version.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TwinsTests {
  @Test func `no page stands alone`() {
    let twins = Repository.englishPages.map(TwinsTests.twin)
    #expect(Repository.chinesePages == twins.sorted())
    #expect(Repository.englishPages.count >= 8)
  }

  private static func twin(_ path: String) -> String { path.dropLast(3) + ".zh.md" }

  private static func name(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  @Test(arguments: Repository.englishPages)
  func `both languages are built alike`(path: String) throws {
    let english = Outline(try Repository.page(path))
    let chinese = Outline(try Repository.page(TwinsTests.twin(path)))
    if let difference = Answer(english.lines).difference(from: chinese.lines) {
      Issue.record("\(path): (- English, + Chinese)\n\(difference)")
    }
  }

  @Test(arguments: Repository.englishPages)
  func `the first line leads to the other language`(path: String) throws {
    let english = TwinsTests.name(path)
    let chinese = TwinsTests.name(TwinsTests.twin(path))
    #expect(try Repository.text(of: path).hasPrefix("[中文](\(chinese))\n\n"))
    #expect(try Repository.text(of: TwinsTests.twin(path)).hasPrefix("[English](\(english))\n\n"))
  }

  @Test(arguments: Repository.englishPages)
  func `the Chinese page follows the present English one`(path: String) throws {
    let version = try Git.hash(of: try Repository.text(of: path)).prefix(12)
    let line = "<!-- \(TwinsTests.name(path)) \(version) -->"
    let last = try Repository.text(of: TwinsTests.twin(path)).split(separator: "\n").last ?? ""
    #expect(
      last == line, "\(TwinsTests.twin(path)) is stale; once it follows, it ends with \(line)")
  }

  // The machine itself.

  private static let english = """
    # Title
    Text with a [link](other.md#title).
    - item
    | row | `code` |
    ```bash
    true
    ```
    <!-- run: crash -->
    ![picture](a.svg)
    """

  @Test func `a true twin is accepted`() {
    let chinese = TwinsTests.english.replacing("Title", with: "标题")
      .replacing("other.md#title", with: "other.zh.md#标题").replacing("item", with: "条目")
    #expect(
      Outline(Page("p", chinese)).lines == Outline(Page("p", TwinsTests.english)).lines)
  }

  @Test(arguments: [
    ("# Title", "## Title"), ("# Title", "text"), ("other.md", "another.md"), ("- item", "item"),
    ("| row |", "row |"), ("true", "false"), ("bash\n", "bash server\n"), ("crash", "interrupt"),
    ("a.svg", "b.svg"), ("```\n<!--", "```\n```\n```\n<!--"),
  ])
  func `what differs is found`(old: String, new: String) {
    let chinese = TwinsTests.english.replacing(old, with: new)
    #expect(
      Outline(Page("p", chinese)).lines != Outline(Page("p", TwinsTests.english)).lines)
  }

  @Test func `another version has another hash`() throws {
    #expect(try Git.hash(of: "a\n") == "78981922613b2afb6025042ff6bd878ac1994e85")
    #expect(try Git.hash(of: "b\n") != Git.hash(of: "a\n"))
  }
}

/// What must be the same in both languages: everything but the words.
private struct Outline {
  var lines: [String] = []

  init(_ page: Page) {
    for placed in page.blocks {
      switch placed.block {
      case .heading(let level, _): lines.append(String(repeating: "#", count: level))
      case .fence(let fence): lines += ["```" + fence.info] + fence.lines + ["```"]
      case .run(let commands): lines.append("run: " + commands)
      case .row: lines.append("| row")
      case .item: lines.append("- item")
      case .text: break
      }
    }
    // Words may be ordered otherwise, and with them the links of a line: so all of them, sorted.
    for (line, link) in page.links where line > 1 {
      let target = link.prefix { $0 != "#" }.replacing(".zh.md", with: ".md")
      links.append("link: " + (link.hasPrefix("http") ? link : String(target)))
    }
    lines += links.sorted()
  }

  private var links: [String] = []
}

private enum Git {
  /// What `git hash-object` says of a file with this text.
  static func hash(of text: String) throws -> String {
    try run("git", ["hash-object", "--stdin"], input: text, returning: .output).text
      .replacing("\n", with: "")
  }
}
