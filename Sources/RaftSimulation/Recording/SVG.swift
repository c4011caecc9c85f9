import Bytes

/// An SVG file, written element by element. It follows the reader's light or dark colours, and
/// holds all its words as text.
struct SVG {
  typealias Attributes = KeyValuePairs<String, String>
  typealias Point = (x: Double, y: Double)

  static let termColors = [
    "#2563eb", "#b45309", "#0f766e", "#9333ea", "#be123c", "#4d7c0f", "#0e7490", "#86198f",
  ]

  static func color(ofTerm term: UInt64) -> String {
    termColors[Int(term % UInt64(termColors.count))]
  }

  private var bytes: [UInt8] = []

  /// - Parameter title: what the picture is of, for those who do not see it.
  init(width: Double, height: Double, title: String) {
    add(
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
      width="\(Int(width))" font-family="system-ui, sans-serif" font-size="12">
      <style>
      text { fill: #1d2330 } .soft { fill: #5b6473 } .arrow { stroke: #5b6473; fill: none }
      .lost { stroke: #b91c1c; stroke-dasharray: 3 3 } .cross { fill: #b91c1c }
      .words { paint-order: stroke; stroke: #fff; stroke-width: 4px; font-size: 11px }
      .paper { fill: #fff } .guide { stroke: #5b6473; stroke-width: .7; stroke-dasharray: 1 4 }
      .disk { fill: #fff; stroke: #5b6473 } .in { fill: #fff } .open { fill: none }
      @media (prefers-color-scheme: dark) {
      text { fill: #e6e9ef } .soft { fill: #9aa4b5 } .arrow, .guide { stroke: #9aa4b5 }
      .lost { stroke: #f87171 } .cross { fill: #f87171 } .words { stroke: #1b2029 }
      .paper { fill: #1b2029 } .disk { fill: #1b2029; stroke: #9aa4b5 } .in { fill: #fff } }
      </style>
      <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
      orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#7c8798"/></marker></defs>
      """)
    add("title", [:], Self.escaped(title))
    add("rect", ["class": "paper", "width": "100%", "height": "100%", "rx": "8"])
  }

  /// Ends it.
  consuming func finished() -> [UInt8] {
    add("</svg>\n")
    return bytes
  }

  // MARK: Elements

  mutating func add(_ name: String, _ attributes: Attributes, _ content: String = "") {
    let list = attributes.map { " \($0)=\"\($1)\"" }.joined()
    add(content.isEmpty ? "<\(name)\(list)/>\n" : "<\(name)\(list)>\(content)</\(name)>\n")
  }

  mutating func addText(_ words: String, at place: Point, _ attributes: Attributes) {
    let list = attributes.map { " \($0)=\"\($1)\"" }.joined()
    let (x, y) = (Self.number(place.x), Self.number(place.y))
    add("<text x=\"\(x)\" y=\"\(y)\"\(list)>\(Self.escaped(words))</text>\n")
  }

  mutating func addArrow(_ name: String, from start: Point, to end: Point, head: String) {
    let line =
      "M\(Self.number(start.x)) \(Self.number(start.y))L\(Self.number(end.x)) \(Self.number(end.y))"
    add("path", ["class": name, "marker-end": head, "d": line])
  }

  // MARK: Text

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// With one digit after the point.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// A moment, in milliseconds.
  static func milliseconds(_ time: Int64) -> String { "\(time / 1_000).\(time / 100 % 10) ms" }

  private static func escaped(_ text: some StringProtocol) -> String {
    text.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? "\($0)" }.joined()
  }
}
