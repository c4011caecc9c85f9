/// A line of prose, taken apart into code, links and words.
struct Inline {
  /// What stands between backticks.
  private(set) var codeSpans: [String] = []
  /// Where links and pictures lead.
  private(set) var links: [String] = []
  /// The line as it is read: a code span is the letter x, of a link its words are left, and
  /// asterisks are gone.
  private(set) var words = ""

  init(_ line: String) {
    var rest = line[...]
    while let character = rest.first {
      if character == "`", let end = rest.dropFirst().firstIndex(of: "`") {
        codeSpans.append(String(rest[rest.index(after: rest.startIndex)..<end]))
        words.append("x")
        rest = rest[rest.index(after: end)...]
      } else if rest.hasPrefix("]("), let end = rest.firstIndex(of: ")") {
        links.append(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end]))
        rest = rest[rest.index(after: end)...]
      } else {
        if character != "[", character != "*" { words.append(character) }
        rest.removeFirst()
      }
    }
  }
}

extension Page {
  /// Every code span, and what it stands under: its section's heading and its table's.
  var codeSpans: [(line: Int, heading: String, span: String)] {
    var section = ""
    var table: String?
    var found: [(line: Int, heading: String, span: String)] = []
    for placed in blocks {
      let text: String
      switch placed.block {
      case .heading(_, let title): (section, text) = (title, title)
      case .row(let row), .item(let row), .text(let row): text = row
      case .fence, .run: continue
      }
      if case .row = placed.block { table = table ?? text } else { table = nil }
      let heading = section + (table.map { " " + $0 } ?? "")
      found += Inline(text).codeSpans.map { (placed.line, heading, $0) }
    }
    return found
  }

  var links: [(line: Int, link: String)] {
    prose.flatMap { line, text in Inline(text).links.map { (line, $0) } }
  }

  /// The names under which GitHub makes this page's headings reachable.
  var anchors: [String] {
    blocks.compactMap { placed in
      guard case .heading(_, let title) = placed.block else { return nil }
      return title.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
        .replacing(" ", with: "-")
    }
  }
}
