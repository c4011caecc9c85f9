/// A page of Markdown as the blocks it consists of, as far as the course uses them.
///
/// A line is one block, but for fences:
///
///     # Title                     heading
///     ```bash server ... ```      fence: what stands behind the ticks, and the lines between them
///     <!-- run: crash -->         run
///     | a | b |                   row
///     - item, 1. item             item
///     anything else               text; blank lines are left out
struct Page {
  enum Block: Equatable {
    case heading(level: Int, String)
    case fence(Fence)
    case run(String)
    case row(String)
    case item(String)
    case text(String)
  }

  struct Fence: Equatable {
    /// The words behind the ticks: a language, then what the course adds.
    var info: String
    var lines: [String]
  }

  struct Placed: Equatable {
    /// The line the block begins on, from 1.
    var line: Int
    var block: Block
  }

  let path: String
  let source: String
  let blocks: [Placed]

  init(_ path: String, _ source: String) {
    self.path = path
    self.source = source
    var blocks: [Placed] = []
    var fence: (line: Int, indent: Int, ticks: Int, content: Fence)?
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in zip(1..., lines) {
      let indent = line.prefix { $0 == " " }.count
      let rest = line.dropFirst(indent)
      let ticks = rest.prefix { $0 == "`" }.count
      if var open = fence {
        if ticks >= open.ticks, rest.dropFirst(ticks).allSatisfy({ $0 == " " }) {
          blocks.append(Placed(line: open.line, block: .fence(open.content)))
          fence = nil
        } else {
          open.content.lines.append(String(line.dropFirst(min(indent, open.indent))))
          fence = open
        }
      } else if ticks >= 3 {
        let info = rest.dropFirst(ticks).split(separator: " ").joined(separator: " ")
        fence = (number, indent, ticks, Fence(info: info, lines: []))
      } else if !rest.isEmpty {
        blocks.append(Placed(line: number, block: Page.block(rest)))
      }
    }
    if let open = fence { blocks.append(Placed(line: open.line, block: .fence(open.content))) }
    self.blocks = blocks
  }

  /// The block that a line outside of fences is; it does not begin with a space.
  private static func block(_ line: Substring) -> Block {
    let marks = line.prefix { $0 == "#" }.count
    if (1...6).contains(marks), line.dropFirst(marks).first == " " {
      return .heading(level: marks, String(line.dropFirst(marks + 1)))
    }
    if line.hasPrefix("<!-- run: "), line.hasSuffix(" -->") {
      return .run(String(line.dropFirst(10).dropLast(4)))
    }
    if line.hasPrefix("|") { return .row(String(line)) }
    if line.hasPrefix("- ") || line.hasPrefix("* ") { return .item(String(line.dropFirst(2))) }
    let digits = line.prefix(while: \.isNumber)
    if !digits.isEmpty, line.dropFirst(digits.count).hasPrefix(". ") {
      return .item(String(line.dropFirst(digits.count + 2)))
    }
    return .text(String(line))
  }

  /// The lines a reader reads as sentences: all but fences and comments.
  var prose: [(line: Int, text: String)] {
    blocks.compactMap { placed in
      switch placed.block {
      case .heading(_, let text), .row(let text), .item(let text): (placed.line, text)
      case .text(let text) where !text.hasPrefix("<!--"): (placed.line, text)
      case .text, .fence, .run: nil
      }
    }
  }

  /// "path:line", as compilers say where something is.
  func place(_ line: Int) -> String { "\(path):\(line)" }
}
