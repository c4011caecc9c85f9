/// The logs of all nodes at some moments of a run, one frame beside the other: an entry is a cell
/// whose colour and number are its term, filled once the node knows that it is committed.
struct LogPicture {
  private static let cell = 22.0
  private static let names = 96.0
  private static let row = 30.0
  private static let gap = 30.0
  /// As many frames beside each other as this width holds.
  private static let widest = 860.0

  private let run: RecordedRun
  private let moments: [Int64]
  /// How many cells each frame has room for.
  private let cells: Int
  private let perLine: Int
  private var svg: SVG

  private static func frameWidth(_ cells: Int) -> Double { names + Double(cells) * cell }

  /// - Parameter moments: in microseconds.
  init(_ run: RecordedRun, _ moments: [Int64]) {
    self.run = run
    self.moments = moments
    var cells = 3
    for host in 0..<run.hostCount {
      for moment in moments {
        cells = max(cells, run.state(of: host, at: moment)?.terms.count ?? 0)
      }
    }
    self.cells = cells
    let width = Self.frameWidth(cells) + Self.gap
    perLine = max(1, min(moments.count, Int(Self.widest / width)))
    let lines = (moments.count + perLine - 1) / perLine
    svg = SVG(
      width: Double(perLine) * width + Self.gap,
      height: Double(lines) * Self.frameHeight(run.hostCount) + 20, title: run.command)
  }

  private static func frameHeight(_ hosts: Int) -> Double { 44 + Double(hosts) * row }

  /// The picture's file.
  consuming func drawn() -> [UInt8] {
    for (place, moment) in moments.enumerated() {
      let left =
        Self.gap + Double(place % perLine) * (Self.frameWidth(cells) + Self.gap)
      let top = 30 + Double(place / perLine) * Self.frameHeight(run.hostCount)
      let letter = moments.count > 1 ? "(\(Unicode.Scalar(UInt8(97 + place % 26)))) " : ""
      svg.addText(
        letter + SVG.milliseconds(moment), at: (left - 14, top), ["font-weight": "600"])
      for host in 0..<run.hostCount {
        guard let state = run.state(of: host, at: moment) else { continue }
        draw(state, of: host, at: (left, top + 24 + Double(host) * Self.row))
      }
    }
    return svg.finished()
  }

  private mutating func draw(_ state: RecordedRun.State, of host: Int, at place: SVG.Point) {
    let color = SVG.color(ofTerm: state.term)
    let isUp = state.condition != "down"
    if isUp, state.role == "leader" {
      ring(at: place, radius: 14, color, "open", dashes: "none")
    } else if isUp, state.role != "follower" {
      ring(at: place, radius: 14, color, "open", dashes: "4 3")
    }
    if isUp {
      svg.add(
        "circle", ["cx": SVG.number(place.x), "cy": SVG.number(place.y), "r": "11", "fill": color])
    } else {
      ring(at: place, radius: 11, "#7c8798", "open", dashes: "3 3")
    }
    svg.addText(
      "n\(host + 1)", at: (place.x, place.y + 4),
      ["class": isUp ? "in" : "soft", "text-anchor": "middle", "font-size": "11"])
    svg.addText(
      !isUp || state.role != "follower"
        ? state.words.split(separator: ",")[0] + "" : "term \(state.term)",
      at: (place.x + 18, place.y + 4), ["class": "soft", "font-size": "10"])
    for (number, term) in state.terms.enumerated() {
      let isCommitted = state.first + UInt64(number) <= state.commit
      let x = place.x + Self.names - 22 + Double(number) * Self.cell
      let color = SVG.color(ofTerm: term)
      svg.add(
        "rect",
        [
          "x": SVG.number(x), "y": SVG.number(place.y - 9), "width": "19", "height": "18",
          "rx": "3",
          "stroke": color, "stroke-width": "2", "fill": isCommitted ? color : "none",
        ])
      svg.addText(
        "\(term)", at: (x + 9.5, place.y + 4),
        isCommitted
          ? ["class": "in", "text-anchor": "middle", "font-size": "11"]
          : ["text-anchor": "middle", "font-size": "11"])
    }
  }

  private mutating func ring(
    at place: SVG.Point, radius: Double, _ color: String, _ name: String, dashes: String
  ) {
    svg.add(
      "circle",
      [
        "class": name, "cx": SVG.number(place.x), "cy": SVG.number(place.y),
        "r": SVG.number(radius), "stroke": color, "stroke-width": "2", "stroke-dasharray": dashes,
      ])
  }
}
