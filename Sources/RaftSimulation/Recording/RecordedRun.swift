import Bytes
import JSON

/// What a ``Recorder`` wrote, read again to draw pictures of it. All times are in microseconds.
struct RecordedRun {
  struct Message {
    var sent: Int64
    /// Nil if it was lost.
    var arrival: Int64?
    var from: Int
    var to: Int
    var words: String
  }

  struct State {
    var time: Int64
    var condition: String
    var role: String
    var term: UInt64
    var commit: UInt64
    /// The index of the first of `terms`.
    var first: UInt64
    /// The terms of the log's last entries.
    var terms: [UInt64]
  }

  /// A sentence of the story; `host` is nil if it is about all.
  struct Sentence {
    var time: Int64
    var host: Int?
    var words: String
  }

  struct DiskWrite {
    var start: Int64
    var end: Int64
    var host: Int
    var words: String
  }

  /// What a leader knows of a follower.
  struct Knowledge {
    var time: Int64
    var leader: Int
    var follower: Int
    var words: String
  }

  /// The line that repeats the run.
  let command: String
  let hostCount: Int
  let messages: [Message]
  /// By host, in the order of time.
  let states: [[State]]
  let sentences: [Sentence]
  let writes: [DiskWrite]
  let knowledge: [Knowledge]

  init(_ recording: JSONValue) {
    func list<Item>(_ name: StaticString, _ item: ([JSONValue]) -> Item) -> [Item] {
      recording[name]?.elements.map { item(Array($0.elements)) } ?? []
    }
    command = recording["command"]?.string ?? ""
    hostCount = Int(recording["hosts"]?.uint64 ?? 0)
    messages = list("messages") {
      Message(
        sent: $0[0].time, arrival: $0[1].uint64.map { Int64($0) }, from: $0[2].place,
        to: $0[3].place, words: $0[6].string ?? "")
    }
    var states = [[State]](repeating: [], count: hostCount)
    for (host, state) in list("states", { ($0[1].place, State($0)) }) { states[host].append(state) }
    self.states = states
    sentences = list("sentences") {
      Sentence(
        time: $0[0].time, host: $0[1].uint64.map { Int($0) }, words: $0[2].string ?? "")
    }
    writes = list("writes") {
      DiskWrite(
        start: $0[0].time, end: $0[1].time, host: $0[2].place, words: $0[3].string ?? "")
    }
    knowledge = list("progress") {
      Knowledge(
        time: $0[0].time, leader: $0[1].place, follower: $0[2].place,
        words:
          "n\($0[2].place + 1): \($0[3].string ?? ""), match \($0[4].place), next \($0[5].place)")
    }
  }

  /// What a host was at a moment; nil if it did not exist yet.
  func state(of host: Int, at time: Int64) -> State? { states[host].last { $0.time <= time } }

  /// The latest that was known of each follower, if its leader still leads.
  func knowledge(at time: Int64) -> [Knowledge] {
    (0..<hostCount).compactMap { follower in
      guard let known = knowledge.last(where: { $0.time <= time && $0.follower == follower }),
        let leader = state(of: known.leader, at: time), leader.role == "leader"
      else { return nil }
      return known
    }
  }
}

extension RecordedRun.State {
  fileprivate init(_ element: [JSONValue]) {
    time = element[0].time
    condition = element[2].string ?? ""
    role = element[3].string ?? ""
    term = element[4].uint64 ?? 0
    commit = element[6].uint64 ?? 0
    first = element[8].uint64 ?? 0
    terms = element[9].elements.map { $0.uint64 ?? 0 }
  }

  /// What the node is, in a few words.
  var words: String {
    switch (condition, role) {
    case ("down", _): "crashed"
    case ("paused", _): "stopped"
    case (_, "leader"): "leads, term \(term)"
    case (_, "candidate"): "candidate, term \(term)"
    case (_, "preCandidate"): "asks around"
    default: "follower, term \(term)"
    }
  }
}

extension JSONValue {
  fileprivate var time: Int64 { Int64(uint64 ?? 0) }
  fileprivate var place: Int { Int(uint64 ?? 0) }
}
