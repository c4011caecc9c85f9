import RunSupport
import Testing

/// How much there is to read, as steps/README.md says: within a tenth of what is counted, so that a
/// small change of the code asks for none of the page.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LinesTests {
  /// A step's row: what it adds, and what its main path is said to have.
  private struct Row {
    let step: String
    let modules: [String]
    let added: Int
    let mainPath: Int

    /// | [step-1-basic-store](...) | `Store` | 50 min | 1,550 | 660 |
    init?(_ row: String) {
      let cells = row.split(separator: "|").map(String.init)
      guard cells.count == 5, let name = cells[0].split(separator: "]").first,
        let numbers = LinesTests.numbers(cells[3...])
      else { return nil }
      step = String(name.drop { $0 == " " || $0 == "[" })
      modules = Inline(cells[1]).codeSpans
      (added, mainPath) = (numbers[0], numbers[1])
    }
  }

  private static func numbers(_ cells: ArraySlice<String>) -> [Int]? {
    let numbers = cells.compactMap { Int($0.filter { $0 != "," && $0 != " " }) }
    return numbers.count == cells.count ? numbers : nil
  }

  private static let rows: [Row] = {
    let page = try? Repository.page("steps/README.md")
    return (page?.blocks ?? []).compactMap { placed in
      guard case .row(let row) = placed.block else { return nil }
      return Row(row)
    }
  }()

  private static func lines(_ files: some Sequence<String>) throws -> Int {
    try files.reduce(0) { try $0 + Repository.text(of: $1).count { $0 == "\n" } }
  }

  private static func isNear(_ said: Int, _ counted: Int) -> Bool {
    abs(said - counted) * 10 <= counted
  }

  @Test func `every step and every module is in the table`() {
    #expect(LinesTests.rows.count == 6)
    let modules = Repository.modules.subtracting(["CSystem"])
    #expect(Set(LinesTests.rows.flatMap(\.modules)) == modules)
  }

  @Test func `a step adds as many lines as is said`() throws {
    for row in LinesTests.rows {
      let counted = try LinesTests.lines(
        Repository.files.filter { path in
          path.hasSuffix(".swift") && !path.contains("/build/")
            && (path.hasPrefix("steps/\(row.step)/")
              || row.modules.contains { path.hasPrefix("Sources/\($0)/") })
        })
      #expect(LinesTests.isNear(row.added, counted), "\(row.step) adds \(counted) lines")
    }
  }

  @Test func `all of it has as many lines as the first page says`() throws {
    let files = Repository.files.filter { $0.hasSuffix(".swift") && $0.hasPrefix("Sources/") }
    let counted = try LinesTests.lines(files)
    for page in ["README.md", "README.zh.md"] {
      let row = try Repository.text(of: page).split(separator: "\n").filter {
        $0.hasPrefix("| size |") || $0.hasPrefix("| 规模 |")
      }
      let said = try #require(
        row.first?.split(separator: " ").compactMap {
          Int($0.filter { $0 != "," })
        }.first)
      #expect(LinesTests.isNear(said, counted), "\(page): there are \(counted) lines")
    }
  }

  @Test func `a main path has as many lines as is said`() throws {
    for row in LinesTests.rows {
      let files = try Repository.englishPages.filter { $0.hasPrefix("steps/\(row.step)/") }
        .flatMap { try LinesTests.filesOnTheMainPath(of: Repository.page($0)) }
      guard !files.isEmpty else { continue }
      let counted = try LinesTests.lines(Set(files))
      #expect(
        LinesTests.isNear(row.mainPath, counted), "\(row.step)'s main path has \(counted) lines")
    }
  }

  /// The Swift files that a page's section "The main path" links to, cuts from or names.
  private static func filesOnTheMainPath(of page: Page) -> [String] {
    var isOnPath = false
    var files: [String] = []
    for placed in page.blocks {
      let text: String
      switch placed.block {
      case .heading(2, let title):
        isOnPath = title.hasPrefix("The main path")
        continue
      case .heading, .run: continue
      case .fence(let fence):
        let words = fence.info.split(separator: " ")
        if isOnPath, words.first == "swift" { files += words.dropFirst().map(String.init) }
        continue
      case .row(let line), .item(let line), .text(let line): text = line
      }
      guard isOnPath else { continue }
      let line = Inline(text)
      files += line.links.map { Repository.resolve($0, from: page.path) } + line.codeSpans
    }
    return files.filter { $0.hasSuffix(".swift") && $0.contains("/") }
  }

  @Test func `only a tenth is forgiven, and a main path is found`() {
    #expect(LinesTests.isNear(100, 110) && LinesTests.isNear(100, 91))
    #expect(!LinesTests.isNear(100, 112) && !LinesTests.isNear(100, 90))
    let page = Page(
      "steps/a/README.md",
      "## Other\n[x](x/y.swift)\n## The main path\n- [b](../b/c.swift)\n```swift d/e.swift\n```\n")
    #expect(LinesTests.filesOnTheMainPath(of: page) == ["steps/b/c.swift", "d/e.swift"])
  }
}
