import Foundation

/// How Chinese is set: the rules, each as what must not be found in a line of prose.
enum Typography {
  struct Rule {
    let claim: String
    let forbidden: NSRegularExpression

    init(_ claim: String, _ forbidden: String) {
      self.claim = claim
      do {
        self.forbidden = try NSRegularExpression(pattern: forbidden)
      } catch {
        preconditionFailure("\(forbidden): \(error)")
      }
    }
  }

  private static let han = "\\p{Han}"
  private static let wide = "，。：；！？（）、“”"

  static let rules: [Rule] = [
    Rule("a space between 汉字 and Latin letters or digits", "\(han)[A-Za-z0-9]|[A-Za-z0-9%°]\(han)"),
    Rule("a space between a number and its unit", "[0-9](ms|s|min|h|[KMG]i?B|B)\\b"),
    Rule("no space before % and °", "[0-9] [%°]"),
    Rule(
      "full-width punctuation in Chinese", "\(han)[,:;!?()]|[,:;!?()]\(han)|\(han)\\.( |$|\(han))"),
    Rule("full-width brackets in Chinese", "\(han) \\(|\\) \(han)"),
    Rule("no space beside full-width punctuation", " [\(wide)]|[\(wide)] "),
    Rule("no space between 汉字", "\(han) \(han)"),
    Rule("half-width digits and letters", "[０-９Ａ-Ｚａ-ｚ]"),
    Rule("quotes “ ”", "[「」『』]|\"|'\(han)|\(han)'"),
    Rule(
      "names in their own case",
      "(?<![-./A-Za-z])(Etcd|ETCD|swift|Github|github|linux|json|Json|http|Http|raft|wal)(?![-./A-Za-z])"
    ),
    Rule("the word of the glossary", rejected.joined(separator: "|")),
  ]

  /// Words for which the glossary has another.
  private static let rejected = [
    "一致性算法", "领导人", "主节点", "追随者", "候选人", "附加日志", "大多数", "半写",
  ]

  /// The claims that a line of a page breaks.
  static func broken(by line: String) -> [String] {
    // In **bold,** ends a bold word with a mark, Markdown wants a space behind it.
    var words = line
    for mark in "，。：；！？（）" { words = words.replacing("\(mark)** ", with: "\(mark)**") }
    // So does a table, beside its bars.
    words = Inline(words).words.replacingOccurrences(
      of: " *\\| *", with: "|", options: .regularExpression)
    let range = NSRange(words.startIndex..., in: words)
    return rules.filter { $0.forbidden.firstMatch(in: words, range: range) != nil }.map(\.claim)
  }
}
