// What a picture of messages is drawn of: scale, lines, disks, arrows and words.

extension SequencePicture {
  /// The picture's file.
  consuming func drawn() -> [UInt8] {
    for host in states.indices {
      svg.addText(
        "n\(host + 1)", at: (x(host), 24), ["font-weight": "600", "text-anchor": "middle"])
    }
    drawScale()
    drawGuides()
    for host in states.indices { drawLife(of: host) }
    for write in writes { draw(write) }
    for host in states.indices { reserveWords(of: host) }
    for message in messages { draw(message) }
    for host in states.indices { drawWords(of: host) }
    drawNotes()
    return svg.finished()
  }

  private mutating func drawScale() {
    var last = -100.0
    for (moment, depth) in zip(moments, depths) where depth - last > 30 {
      last = depth
      svg.addText(
        SVG.milliseconds(moment), at: (8, depth + 4), ["class": "soft", "font-size": "10"])
    }
  }

  private mutating func drawLife(of host: Int) {
    for (place, state) in states[host].enumerated() where state.condition != "down" {
      let start = y(max(state.time, range.lowerBound))
      let end =
        place + 1 < states[host].count
        ? y(states[host][place + 1].time) : (depths.last ?? 0) + 12
      let (width, dashes) =
        switch state.role {
        case "leader": ("9", "none")
        case "follower": ("3", "none")
        default: ("6", "6 3")
        }
      svg.add(
        "path",
        [
          "d": "M\(SVG.number(x(host))) \(SVG.number(start))V\(SVG.number(end))",
          "stroke": SVG.color(ofTerm: state.term),
          "stroke-width": width, "stroke-dasharray": dashes,
        ])
    }
  }

  private mutating func draw(_ write: RecordedRun.DiskWrite) {
    let (start, end) = (y(write.start), y(write.end))
    svg.add(
      "rect",
      [
        "class": "disk", "x": SVG.number(x(write.host) - 6), "y": SVG.number(start), "width": "12",
        "height": SVG.number(end - start), "rx": "3",
      ])
  }

  private mutating func draw(_ message: RecordedRun.Message) {
    let (a, b) = (x(message.from), x(message.to))
    let start = y(message.sent)
    let side = b > a ? 1.0 : -1.0
    let words = Self.shortened(message.words)
    guard let arrival = message.arrival else {
      let end = a + side * 46
      svg.addArrow("arrow lost", from: (a + side * 6, start), to: (end, start + 5), head: "none")
      return svg.addText(
        "✕", at: (end + side * 6, start + 9), ["class": "cross", "text-anchor": "middle"])
    }
    let end = y(arrival)
    svg.addArrow("arrow", from: (a + side * 6, start), to: (b - side * 6, end), head: "url(#head)")
    let place = freePlace(words, from: (a, start), to: (b, end))
    svg.addText(words, at: place, ["class": "words", "text-anchor": "middle"])
  }

  /// Where an arrow's words do not cover others, if there is such a place.
  private mutating func freePlace(
    _ words: String, from start: SVG.Point, to end: SVG.Point
  ) -> SVG.Point {
    let length = abs(end.x - start.x)
    let half = Double(words.count) * 2.8
    // Near the receiver: what is sent at one moment arrives in different places.
    let best = min(100, length / 2)
    let distances = stride(from: half + 8, through: max(half + 8, length - half - 8), by: 10)
      .sorted { abs($0 - best) < abs($1 - best) }
    let places = ([best] + distances).map { distance in
      let part = 1 - distance / length
      return (x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part - 3)
    }
    let place =
      places.first { place in
        !taken.contains {
          abs($0.middle.y - place.y) < 11 && abs($0.middle.x - place.x) < $0.half + half
        }
      } ?? places[0]
    taken.append((place, half))
    return place
  }

  /// The first part of a sentence.
  private static func shortened(_ words: String) -> String {
    if let end = words.firstIndex(of: "?") { return String(words[...end]) }
    return String(words.prefix { $0 != ";" })
  }

  /// What a node becomes, beside its line; what it was at the beginning, below its name.
  private mutating func drawWords(of host: Int) {
    for state in states[host] {
      if state.time <= range.lowerBound {
        svg.addText(
          state.words, at: (x(host), 40),
          ["class": "soft", "text-anchor": "middle", "font-size": "11"])
      } else {
        svg.addText(
          state.words, at: (x(host) + 9, y(state.time) - 5),
          ["class": "words", "font-weight": "600"])
      }
    }
  }

  /// What a node becomes is written where the arrows' words leave room for it.
  private mutating func reserveWords(of host: Int) {
    for state in states[host] where state.time > range.lowerBound {
      let half = Double(state.words.count) * 3
      taken.append(((x(host) + 9 + half, y(state.time) - 5), half))
    }
  }

  // MARK: Notes

  private var noteColumn: Double { x(run.hostCount - 1) + 70 }

  /// From a node's line to what is said of it.
  private mutating func drawGuides() {
    for note in notes {
      let depth = y(note.time)
      svg.add(
        "path",
        [
          "class": "guide", "fill": "none",
          "d": "M\(SVG.number(x(note.host))) \(SVG.number(depth))H\(SVG.number(noteColumn - 6))",
        ])
    }
  }

  private mutating func drawNotes() {
    var lines: [Int64: Int] = [:]
    for note in notes {
      let line = lines[note.time, default: 0]
      lines[note.time] = line + 1
      svg.addText(
        note.words, at: (noteColumn, y(note.time) + 4 + Double(line) * 14),
        ["class": "words"])
    }
  }
}
