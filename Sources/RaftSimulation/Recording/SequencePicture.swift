import Bytes
import JSON

/// A part of a recording as a picture: time runs downwards, each node is a line whose colour is its
/// term and whose width is its role, and each message is an arrow with what it says.
///
/// It is SVG, which follows the reader's light or dark colours, and holds all its words as text.
struct SequencePicture {
  /// Between two nodes, and beside the first and the last.
  private static let column = 230.0
  private static let margin = 90.0
  private static let top = 54.0
  private static let termColors = [
    "#2563eb", "#b45309", "#0f766e", "#9333ea", "#be123c", "#4d7c0f", "#0e7490", "#86198f",
  ]

  private struct Message {
    var sent: Int64
    /// Nil if it was lost.
    var arrival: Int64?
    var from: Int
    var to: Int
    var words: String
  }

  private struct State {
    var time: Int64
    var condition: String
    var role: String
    var term: UInt64
  }

  private let range: ClosedRange<Int64>
  private let command: String
  private let messages: [Message]
  private let states: [[State]]
  /// The moments at which something is drawn, in order, and how far down each is.
  private let moments: [Int64]
  private let depths: [Double]
  private var svg: [UInt8] = []

  /// - Parameters:
  ///   - recording: the root of what a ``Recorder`` wrote.
  ///   - range: in microseconds.
  init(_ recording: JSONValue, _ range: ClosedRange<Int64>) {
    self.range = range
    command = recording["command"]?.string ?? ""
    let hostCount = Int(recording["hosts"]?.uint64 ?? 0)
    var states = [[State]](repeating: [], count: hostCount)
    for element in recording["states"]?.elements.map({ Array($0.elements) }) ?? [] {
      let host = Int(element[1].uint64 ?? 0)
      let state = State(
        time: Int64(element[0].uint64 ?? 0), condition: element[2].string ?? "",
        role: element[3].string ?? "", term: element[4].uint64 ?? 0)
      // Those of before the range are only the beginning.
      if state.time < range.lowerBound { states[host] = [] }
      let isNews = states[host].last.map {
        $0.condition != state.condition || $0.role != state.role || $0.term != state.term
      }
      if isNews != false, state.time <= range.upperBound { states[host].append(state) }
    }
    var messages: [Message] = []
    for element in recording["messages"]?.elements.map({ Array($0.elements) }) ?? [] {
      let message = Message(
        sent: Int64(element[0].uint64 ?? 0), arrival: element[1].uint64.map { Int64($0) },
        from: Int(element[2].uint64 ?? 0), to: Int(element[3].uint64 ?? 0),
        words: element[6].string ?? "")
      guard range.contains(message.sent), message.arrival ?? range.lowerBound <= range.upperBound
      else { continue }
      messages.append(message)
    }
    self.states = states
    self.messages = messages
    var moments: Set<Int64> = [range.lowerBound, range.upperBound]
    for message in messages {
      moments.insert(message.sent)
      if let arrival = message.arrival { moments.insert(arrival) }
    }
    for state in states.joined() { moments.insert(max(state.time, range.lowerBound)) }
    self.moments = moments.sorted()
    var depths = [Self.top]
    // Long waits are shortened, and what happens at nearly the same time is drawn apart.
    for (earlier, later) in zip(self.moments, self.moments.dropFirst()) {
      depths.append(depths[depths.count - 1] + min(40, max(15, Double(later - earlier) * 0.03)))
    }
    self.depths = depths
  }

  // MARK: Places

  private func x(_ host: Int) -> Double { Self.margin + Double(host) * Self.column }

  private func y(_ time: Int64) -> Double {
    let place = moments.firstIndex { $0 >= time } ?? moments.count - 1
    return depths[place]
  }

  private var width: Double { 2 * Self.margin + Double(states.count - 1) * Self.column + 60 }
  private var height: Double { (depths.last ?? 0) + 24 }

  // MARK: Drawing

  /// The picture's file.
  consuming func drawn() -> [UInt8] {
    add(
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
      width="\(Int(width))" font-family="system-ui, sans-serif" font-size="12">
      <style>
      text { fill: #1d2330 } .soft { fill: #5b6473 } .arrow { stroke: #5b6473; fill: none }
      .lost { stroke: #b91c1c; stroke-dasharray: 3 3 } .cross { fill: #b91c1c }
      .words { paint-order: stroke; stroke: #fff; stroke-width: 4px; font-size: 11px }
      .paper { fill: #fff }
      @media (prefers-color-scheme: dark) {
      text { fill: #e6e9ef } .soft { fill: #9aa4b5 } .arrow { stroke: #9aa4b5 }
      .lost { stroke: #f87171 } .cross { fill: #f87171 } .words { stroke: #1b2029 }
      .paper { fill: #1b2029 } }
      </style>
      <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
      orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#7c8798"/></marker></defs>
      """)
    add("title", [:], escaped(command))
    add("rect", ["class": "paper", "width": "100%", "height": "100%", "rx": "8"])
    for host in states.indices {
      addText("n\(host + 1)", at: (x(host), 24), ["font-weight": "600", "text-anchor": "middle"])
    }
    drawScale()
    for host in states.indices { drawLife(of: host) }
    for message in messages { draw(message) }
    for host in states.indices { drawWords(of: host) }
    line("</svg>")
    return svg
  }

  private mutating func drawScale() {
    var last = -100.0
    for (moment, depth) in zip(moments, depths) where depth - last > 30 {
      last = depth
      let text = "\(moment / 1_000).\(moment / 100 % 10) ms"
      addText(text, at: (8, depth + 4), ["class": "soft", "font-size": "10"])
    }
  }

  private mutating func drawLife(of host: Int) {
    for (place, state) in states[host].enumerated() where state.condition != "down" {
      let start = y(max(state.time, range.lowerBound))
      let end = place + 1 < states[host].count ? y(states[host][place + 1].time) : height - 12
      let (width, dashes) =
        switch state.role {
        case "leader": ("9", "none")
        case "follower": ("3", "none")
        default: ("6", "6 3")
        }
      add(
        "path",
        [
          "d": "M\(number(x(host))) \(number(start))V\(number(end))",
          "stroke": Self.termColors[Int(state.term % UInt64(Self.termColors.count))],
          "stroke-width": width, "stroke-dasharray": dashes,
        ])
    }
  }

  private mutating func draw(_ message: Message) {
    let (a, b) = (x(message.from), x(message.to))
    let start = y(message.sent)
    let side = b > a ? 1.0 : -1.0
    let words = Self.shortened(message.words)
    guard let arrival = message.arrival else {
      let end = a + side * 46
      addArrow("arrow lost", from: (a + side * 6, start), to: (end, start + 5), head: "none")
      return addText(
        "✕", at: (end + side * 6, start + 9), ["class": "cross", "text-anchor": "middle"])
    }
    let end = y(arrival)
    addArrow("arrow", from: (a + side * 6, start), to: (b - side * 6, end), head: "url(#head)")
    // Near the receiver: what is sent at one moment arrives in different places.
    let distance = min(100, abs(b - a) / 2)
    let part = 1 - distance / abs(b - a)
    addText(
      words, at: (b - side * distance, start + (end - start) * part - 3),
      ["class": "words", "text-anchor": "middle"])
  }

  /// The first part of a sentence.
  private static func shortened(_ words: String) -> String {
    if let end = words.firstIndex(of: "?") { return String(words[...end]) }
    return String(words.prefix { $0 != ";" })
  }

  /// What a node becomes, beside its line; what it was at the beginning, below its name.
  private mutating func drawWords(of host: Int) {
    for state in states[host] {
      let words =
        switch (state.condition, state.role) {
        case ("down", _): "crashed"
        case ("paused", _): "stopped"
        case (_, "leader"): "leads, term \(state.term)"
        case (_, "candidate"): "candidate, term \(state.term)"
        case (_, "preCandidate"): "asks around"
        default: "follower, term \(state.term)"
        }
      if state.time <= range.lowerBound {
        addText(
          words, at: (x(host), 40),
          ["class": "soft", "text-anchor": "middle", "font-size": "11"])
      } else {
        addText(
          words, at: (x(host) + 9, y(state.time) - 5), ["class": "words", "font-weight": "600"])
      }
    }
  }

  // MARK: Elements

  private typealias Attributes = KeyValuePairs<String, String>

  private mutating func add(_ name: String, _ attributes: Attributes, _ content: String = "") {
    let list = attributes.map { " \($0)=\"\($1)\"" }.joined()
    line(content.isEmpty ? "<\(name)\(list)/>" : "<\(name)\(list)>\(content)</\(name)>")
  }

  private mutating func addText(
    _ words: String, at place: (x: Double, y: Double), _ attributes: Attributes
  ) {
    let list = attributes.map { " \($0)=\"\($1)\"" }.joined()
    line(
      "<text x=\"\(number(place.x))\" y=\"\(number(place.y))\"\(list)>\(escaped(words))</text>")
  }

  private mutating func addArrow(
    _ name: String, from start: (x: Double, y: Double), to end: (x: Double, y: Double), head: String
  ) {
    let line = "M\(number(start.x)) \(number(start.y))L\(number(end.x)) \(number(end.y))"
    add("path", ["class": name, "marker-end": head, "d": line])
  }

  // MARK: Text

  private mutating func line(_ text: String) { add(text + "\n") }
  private mutating func add(_ text: String) { svg.append(contentsOf: text.utf8) }

  /// With one digit after the point.
  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private func escaped(_ text: some StringProtocol) -> String {
    text.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;"][$0] ?? "\($0)" }.joined()
  }
}
