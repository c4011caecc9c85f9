internal import Bytes

/// Rates side by side, for one load: a group of bars for each number of connections, or of keys.
struct Plot: Sendable {
  struct Group: Sendable {
    /// How many connections, or keys.
    let count: Int
    /// Answers per second, by ``Plot/targets``; nil where nothing was measured.
    var rates: [Double?]
  }

  /// What is shown, such as `get, answers/s by connections`.
  let title: String
  /// Whose bars they are.
  let targets: [String]
  private(set) var groups: [Group] = []

  /// A measured rate.
  mutating func add(_ rate: Double, of target: Int, at count: Int) {
    if groups.last?.count != count {
      groups.append(Group(count: count, rates: targets.map { _ in nil }))
    }
    groups[groups.count - 1].rates[target] = rate
  }

  /// The longest bar.
  private var most: Double { groups.flatMap(\.rates).compactMap(\.self).max() ?? 0 }

  /// The bars in order, each with its length as a part of the longest.
  private var bars: [(count: String, target: String, rate: String, part: Double)] {
    let most = most
    return groups.flatMap { group in
      zip(targets, group.rates).enumerated().compactMap { index, bar in
        guard let rate = bar.1 else { return nil }
        return (
          index == 0 ? "\(group.count)" : "", bar.0, ResultTable.Cell.decimal(rate, places: 0).text,
          most > 0 ? rate / most : 0
        )
      }
    }
  }

  // MARK: Text

  /// For a terminal: `width` columns for the longest bar.
  func text(width: Int = 48) -> String {
    let bars = bars
    let counts = bars.map(\.count.count).max() ?? 0
    let names = bars.map(\.target.count).max() ?? 0
    let lines = bars.map { bar in
      let count = String(repeating: " ", count: counts - bar.count.count) + bar.count
      let name = bar.target + String(repeating: " ", count: names - bar.target.count)
      let length = Int((bar.part * Double(width)).rounded())
      return "\(count)  \(name)  \(String(repeating: "█", count: length)) \(bar.rate)\n"
    }
    return "\(title)\n" + lines.joined()
  }

  // MARK: SVG

  private static let barHeight = 18
  private static let rowHeight = 22
  private static let longest = 480.0

  /// How high it is in an SVG, in pixels.
  var height: Int { 34 + bars.count * Self.rowHeight + groups.count * 8 }

  /// Appends it to an SVG, `top` pixels from its upper edge.
  func appendSVG(to svg: inout String, top: Int) {
    svg += "<text x=\"16\" y=\"\(top + 20)\" font-weight=\"600\">\(Self.escaped(title))</text>\n"
    var y = top + 34
    for bar in bars {
      if !bar.count.isEmpty { y += 8 }
      let base = y + Self.barHeight - 5
      let length = Int((bar.part * Self.longest).rounded())
      svg += """
        <text x="86" y="\(base)" text-anchor="end">\(bar.count)</text>\
        <text x="100" y="\(base)">\(Self.escaped(bar.target))</text>\
        <rect x="124" y="\(y)" width="\(length)" height="\(Self.barHeight)" rx="2" \
        class="\(bar.target == targets.first ? "first" : "second")"/>\
        <text x="\(132 + length)" y="\(base)">\(bar.rate)</text>

        """
      y += Self.rowHeight
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
  }
}

extension [Plot] {
  /// All of them, one below the other.
  var text: String { map { $0.text() }.joined(separator: "\n") }

  /// All of them in one SVG, which follows the reader's light or dark colours.
  var svg: String {
    let height = reduce(16) { $0 + $1.height }
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 \(height)" width="680" \
      font-family="system-ui, sans-serif" font-size="13">
      <style>
      text { fill: #1d2330 } .paper { fill: #fff } .first { fill: #2563eb } .second { fill: #b45309 }
      @media (prefers-color-scheme: dark) { text { fill: #e6e9ef } .paper { fill: #1b2029 }
      .first { fill: #60a5fa } .second { fill: #f59e0b } }
      </style>
      <rect class="paper" width="100%" height="100%" rx="8"/>

      """
    var top = 0
    for plot in self {
      plot.appendSVG(to: &svg, top: top)
      top += plot.height
    }
    return svg + "</svg>\n"
  }
}
