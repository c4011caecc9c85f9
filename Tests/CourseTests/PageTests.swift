import RunSupport
import Testing

/// The parts of a page, told apart.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PageTests {
  @Test func `a page falls into blocks`() {
    let page = Page(
      "p",
      """
      # Title
      text `code` and [a link](a/b.md)

      | a | b |
      - item
      2. item
        ```bash server
        one
          two
        ```
      ````text
      ```
      ````
      <!-- run: crash -->
      <!-- p 123 -->
      """)
    #expect(
      page.blocks.map(\.block) == [
        .heading(level: 1, "Title"), .text("text `code` and [a link](a/b.md)"), .row("| a | b |"),
        .item("item"), .item("item"), .fence(.init(info: "bash server", lines: ["one", "  two"])),
        .fence(.init(info: "text", lines: ["```"])), .run("crash"), .text("<!-- p 123 -->"),
      ])
    #expect(page.blocks.map(\.line) == [1, 2, 4, 5, 6, 7, 11, 14, 15])
    #expect(page.codeSpans.map(\.span) == ["code"] && page.codeSpans.map(\.heading) == ["Title"])
    #expect(page.links.map(\.link) == ["a/b.md"])
    #expect(page.anchors == ["title"])
    #expect(page.prose.count == 5)
  }

  @Test func `words are what is read`() {
    let line = Inline("**a** `b c` [d](e.md) ![f](g.svg)")
    #expect(
      line.words == "a x d !f" && line.codeSpans == ["b c"] && line.links == ["e.md", "g.svg"])
  }

  @Test(arguments: [
    "```json\n{}\n```", "```\nanswer\n```", "```bash loudly\na\n```",
    "```bash\na\n```\nwords between\n```\nanswer\n```",
  ])
  func `what the conventions do not know is found`(text: String) {
    #expect(throws: Script.Unknown.self) { try Script(Page("p", text)) }
  }

  @Test(arguments: [
    ("a…", "abc", true), ("…c", "abc", true), ("a…b…c", "a b c", true), ("…", "", true),
    ("abc", "abc", true), ("a…", "bc", false), ("a…b…c", "abd", false), ("ab…ba", "aba", false),
    ("abc", "abcd", false),
  ])
  func `three dots stand for any text`(pattern: String, line: String, matches: Bool) {
    #expect(Answer.line(pattern, matches: line) == matches)
  }

  @Test func `ports are replaced there and back`() {
    let ports = Ports(prefix: 471)
    let text = "http://localhost:8080, :8083; 18080 80801 808"
    #expect(ports.hide(text) == "http://localhost:4710, :4713; 18080 80801 808")
    #expect(ports.show(ports.hide(text)) == text)
  }

  @Test func `no port is a number that the page says`() {
    let said = (2000..<9700).map { "steps \($0)" }.joined(separator: "\n")
    let ports = Ports(unlike: said)
    #expect(ports.prefix >= 970 && ports.show(said) == said)
  }
}
