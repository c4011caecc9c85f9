/// What a page has its reader do, in order, and what the page says will be seen.
///
/// | fence                        | what is done                                                   |
/// | ---------------------------- | -------------------------------------------------------------- |
/// | ```` ```bash ````            | executed                                                       |
/// | ```` ```bash server ````     | started; goes on when it listens                               |
/// | ```` ```bash in the background ```` | started; goes on at once                                |
/// | ```` ```bash prompt ````     | executed; the answer's lines after `> ` are typed into it      |
/// | ```` ```bash build ````      | not executed: ``BuildTests``                                   |
/// | `<!-- run: ... -->`          | executed: what the text asks for in words                      |
/// | ```` ``` ```` behind one of them | all it prints                                              |
/// | swift, text, go              | not executed                                                   |
struct Script {
  enum Kind: String { case commands, server, background, prompt }

  struct Piece {
    var line: Int
    var kind: Kind
    var commands: [String]
    /// nil when the page does not say; then it must only succeed.
    var answer: [String]?
  }

  /// What a page does that the conventions do not know.
  struct Unknown: Error, CustomStringConvertible {
    var place: String
    var reason: String
    var description: String { "\(place): \(reason)" }
  }

  private(set) var pieces: [Piece] = []
  /// Lines of builds, tests and git, which are left to `.ci/run`.
  private(set) var builds: [(line: Int, command: String)] = []

  init(_ page: Page) throws(Unknown) {
    var mayBeAnswered = false
    for placed in page.blocks {
      switch placed.block {
      case .run(let commands):
        pieces.append(Piece(line: placed.line, kind: .commands, commands: [commands]))
        mayBeAnswered = true
      case .fence(let fence) where fence.info.isEmpty:
        guard mayBeAnswered else {
          throw Unknown(place: page.place(placed.line), reason: "an answer to no command")
        }
        pieces[pieces.count - 1].answer = fence.lines
        mayBeAnswered = false
      case .fence(let fence) where fence.info == "bash build":
        builds += zip((placed.line + 1)..., fence.lines).map { ($0, $1) }
        mayBeAnswered = false
      case .fence(let fence) where fence.info.split(separator: " ").first == "bash":
        guard let kind = Script.kinds[fence.info] else {
          throw Unknown(place: page.place(placed.line), reason: "no such kind: \(fence.info)")
        }
        pieces.append(Piece(line: placed.line, kind: kind, commands: fence.lines))
        mayBeAnswered = true
      case .fence(let fence):
        guard ["swift", "text", "go"].contains(fence.info.split(separator: " ").first) else {
          throw Unknown(place: page.place(placed.line), reason: "no such fence: \(fence.info)")
        }
        mayBeAnswered = false
      case .heading, .row, .item, .text: mayBeAnswered = false
      }
    }
  }

  /// What several pages have their reader do, one after the other in the same clone. A reader who
  /// turns a page has ended what the page before has started.
  ///
  /// - Returns: the script, whose lines are places in the list beside it.
  static func joined(_ pages: [Page]) throws(Unknown) -> (script: Script, places: [String]) {
    var (script, places) = (Script(), [String]())
    for page in pages {
      let turn = Piece(line: 1, kind: .commands, commands: ["turn_the_page"])
      for piece in try [turn] + Script(page).pieces {
        var piece = piece
        (places, piece.line) = (places + [page.place(piece.line)], places.count)
        script.pieces.append(piece)
      }
    }
    return (script, places)
  }

  private init() {}

  private static let kinds: [String: Kind] = [
    "bash": .commands, "bash server": .server, "bash in the background": .background,
    "bash prompt": .prompt,
  ]
}

extension Script.Piece {
  /// What is typed at the program's prompt.
  var typed: [String] {
    (answer ?? []).compactMap { $0.hasPrefix("> ") ? String($0.dropFirst(2)) : nil }
  }

  /// What is to be seen that was not typed.
  var printed: Answer? {
    answer.map { Answer(kind == .prompt ? $0.filter { !$0.hasPrefix("> ") } : $0) }
  }
}
