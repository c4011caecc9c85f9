/// What a page says that a command prints. `…` stands for any text within a line, and for any lines
/// when it is the whole line. The time that a line of a server's log begins with stands for any
/// such time.
struct Answer {
  let lines: [String]

  init(_ lines: [String]) { self.lines = lines }

  private enum Move { case end, same, anyLine, anyEnd, missing, surplus }

  /// How what was found differs, as a diff with two lines around each change; nil when it does not.
  ///
  /// Finds the fewest lines to change, in O(lines wanted · lines found).
  func difference(from found: [String]) -> String? {
    // best[i][j]: how many lines differ between what is wanted from i on and found from j on.
    var best = Array(repeating: Array(repeating: 0, count: found.count + 1), count: lines.count + 1)
    var move = best.map { $0.map { _ in Move.end } }
    for i in stride(from: lines.count, through: 0, by: -1) {
      for j in stride(from: found.count, through: 0, by: -1) {
        var choices: [(Int, Move)] = []
        if i < lines.count, lines[i] == "…" {
          if j < found.count { choices.append((best[i][j + 1], .anyLine)) }
          choices.append((best[i + 1][j], .anyEnd))
        } else {
          if i < lines.count, j < found.count, Answer.line(lines[i], matches: found[j]) {
            choices.append((best[i + 1][j + 1], .same))
          }
          if i < lines.count { choices.append((best[i + 1][j] + 1, .missing)) }
          if j < found.count { choices.append((best[i][j + 1] + 1, .surplus)) }
        }
        guard let choice = choices.min(by: { $0.0 < $1.0 }) else { continue }
        (best[i][j], move[i][j]) = choice
      }
    }
    return best[0][0] == 0 ? nil : diff(found, along: move)
  }

  private func diff(_ found: [String], along move: [[Move]]) -> String {
    var (i, j) = (0, 0)
    var result: [String] = []
    while true {
      switch move[i][j] {
      case .end: return Answer.excerpt(result).joined(separator: "\n")
      case .same: (result, i, j) = (result + ["  " + found[j]], i + 1, j + 1)
      case .anyLine: (result, j) = (result + ["… " + found[j]], j + 1)
      case .anyEnd: i += 1
      case .missing: (result, i) = (result + ["- " + lines[i]], i + 1)
      case .surplus: (result, j) = (result + ["+ " + found[j]], j + 1)
      }
    }
  }

  /// A diff without the lines that are far from every change.
  private static func excerpt(_ diff: [String]) -> [String] {
    let changes = diff.indices.filter { diff[$0].hasPrefix("- ") || diff[$0].hasPrefix("+ ") }
    var excerpt: [String] = []
    var last = -1
    for place in diff.indices where changes.contains(where: { abs($0 - place) <= 2 }) {
      if place > last + 1 { excerpt.append("  […]") }
      excerpt.append(diff[place])
      last = place
    }
    return last + 1 < diff.count ? excerpt + ["  […]"] : excerpt
  }

  /// Whether `line` is `pattern`, each `…` of which stands for any text, and a time at whose start
  /// for any time.
  static func line(_ pattern: String, matches line: String) -> Bool {
    if let wanted = pattern.prefixMatch(of: logTime), let found = line.prefixMatch(of: logTime) {
      return text(
        String(pattern[wanted.range.upperBound...]),
        matches: String(line[found.range.upperBound...]))
    }
    return text(pattern, matches: line)
  }

  /// `2026-11-30T04:01:02.345Z `
  private static var logTime: Regex<Substring> {
    #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#
  }

  private static func text(_ pattern: String, matches line: String) -> Bool {
    let parts = pattern.split(separator: "…", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return pattern == line
    }
    guard line.hasPrefix(first), line.hasSuffix(last), line.count >= first.count + last.count
    else { return false }
    var middle = line.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let place = middle.firstRange(of: part) else { return false }
      middle = middle[place.upperBound...]
    }
    return true
  }
}
