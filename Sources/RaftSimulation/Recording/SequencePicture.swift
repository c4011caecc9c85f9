/// The messages of a part of a run: time runs downwards, each node is a line whose colour is its
/// term and whose width is its role, and each message is an arrow with what it says. Notes have a
/// column at the right; a box on a node's line is its disk at work.
struct SequencePicture {
  private static let margin = 90.0
  private static let top = 54.0
  private static let noteWidth = 240.0

  struct Note {
    var time: Int64
    var host: Int
    var words: String
  }

  let run: RecordedRun
  let range: ClosedRange<Int64>
  let messages: [RecordedRun.Message]
  /// By host: what it was at the beginning, and each change of role, term or condition.
  let states: [[RecordedRun.State]]
  let writes: [RecordedRun.DiskWrite]
  let notes: [Note]
  /// The moments at which something is drawn, in order, and how far down each is.
  let moments: [Int64]
  let depths: [Double]
  var svg: SVG
  /// Where there are words already: the middle of their line, and half its length.
  var taken: [(middle: SVG.Point, half: Double)] = []

  /// - Parameter range: in microseconds.
  init(_ run: RecordedRun, _ range: ClosedRange<Int64>, _ kinds: [RunPicture.Note]) {
    self.run = run
    self.range = range
    messages = run.messages.filter {
      range.contains($0.sent) && $0.arrival ?? range.lowerBound <= range.upperBound
    }
    states = run.states.map { Self.news($0, range) }
    writes =
      kinds.contains(.disks)
      ? run.writes.filter { range.contains($0.start) && range.contains($0.end) } : []
    notes = Self.notes(of: run, range, kinds)
    var moments: Set<Int64> = [range.lowerBound, range.upperBound]
    for message in messages {
      moments.insert(message.sent)
      if let arrival = message.arrival { moments.insert(arrival) }
    }
    for state in states.joined() { moments.insert(max(state.time, range.lowerBound)) }
    for write in writes { moments.formUnion([write.start, write.end]) }
    for note in notes { moments.insert(note.time) }
    self.moments = moments.sorted()
    var depths = [Self.top]
    // Long waits are shortened, and what happens at nearly the same time is drawn apart.
    for (earlier, later) in zip(self.moments, self.moments.dropFirst()) {
      let noteCount = notes.count { $0.time == earlier }
      let step = max(15, Double(noteCount) * 14, min(40, Double(later - earlier) * 0.03))
      depths.append(depths[depths.count - 1] + step)
    }
    self.depths = depths
    let width =
      2 * Self.margin + Double(run.hostCount - 1) * Self.column(notes) + 60
      + (notes.isEmpty ? 0 : Self.noteWidth)
    svg = SVG(width: width, height: (depths.last ?? 0) + 24, title: run.command)
  }

  /// The last state before the range, and what changes in it.
  private static func news(
    _ states: [RecordedRun.State], _ range: ClosedRange<Int64>
  ) -> [RecordedRun.State] {
    var news: [RecordedRun.State] = []
    for state in states where state.time <= range.upperBound {
      if state.time < range.lowerBound { news = [] }
      let isNews = news.last.map {
        $0.condition != state.condition || $0.role != state.role || $0.term != state.term
      }
      if isNews != false { news.append(state) }
    }
    return news
  }

  private static func notes(
    of run: RecordedRun, _ range: ClosedRange<Int64>, _ kinds: [RunPicture.Note]
  ) -> [Note] {
    var notes: [Note] = []
    for kind in kinds {
      switch kind {
      case .requests:
        let beginnings = ["is asked", "answers", "commits", "installs", "has saved", "comes back"]
        for sentence in run.sentences {
          guard let host = sentence.host, beginnings.contains(where: sentence.words.hasPrefix)
          else { continue }
          notes.append(
            Note(time: sentence.time, host: host, words: "n\(host + 1) \(sentence.words)"))
        }
      case .disks:
        for write in run.writes where !write.words.isEmpty {
          notes.append(
            Note(
              time: write.end, host: write.host, words: "disk of n\(write.host + 1): \(write.words)"
            ))
        }
      case .followers:
        let atFirst = run.knowledge(at: range.lowerBound)
        for known in atFirst + run.knowledge.filter({ $0.time > range.lowerBound }) {
          notes.append(
            Note(
              time: max(known.time, range.lowerBound), host: known.leader,
              words: "n\(known.leader + 1) knows of \(known.words)"))
        }
      }
    }
    return notes.filter { range.contains($0.time) }
  }

  // MARK: Places

  /// Between two nodes.
  private static func column(_ notes: [Note]) -> Double { notes.isEmpty ? 230 : 200 }

  func x(_ host: Int) -> Double { Self.margin + Double(host) * Self.column(notes) }

  func y(_ time: Int64) -> Double {
    let place = moments.firstIndex { $0 >= time } ?? moments.count - 1
    return depths[place]
  }
}
