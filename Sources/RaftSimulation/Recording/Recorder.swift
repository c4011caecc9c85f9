import Bytes
import JSON
import Raft
import Store

/// Writes down a run so that a page can play it: what every node was at each moment, every message
/// on its way, and every sentence of the story.
public final class Recorder {
  /// How many of a log's last entries are written down.
  static let logLength: UInt64 = 24
  /// A run is written down up to so many messages; what comes later is left out.
  static let messageLimit = 60_000

  private var states: [UInt8] = []
  private var messages: [UInt8] = []
  private var sentences: [UInt8] = []
  private var cuts: [UInt8] = []
  private var messageCount = 0
  private var latest: [HostState] = []
  private var latestCuts: [Bool] = []

  public init() {}

  /// What is shown of a host.
  private struct HostState: Equatable {
    var condition: StaticText
    var role: StaticText
    var term: UInt64
    var vote: UInt64
    var first: UInt64
    var terms: [UInt64]
    var commit: UInt64
    var applied: UInt64
  }

  /// A word that is compared by what it says.
  private enum StaticText: String {
    case up, down, paused
    case follower, preCandidate, candidate, leader
  }

  // MARK: Taking notes

  /// Notes what has changed since the last event.
  func note(_ schedule: Schedule) {
    for (number, host) in schedule.hosts.enumerated() {
      let state = Self.state(of: host, at: schedule.now)
      if number < latest.count, latest[number] == state { continue }
      if number < latest.count { latest[number] = state } else { latest.append(state) }
      append(state, of: number, at: schedule.now)
    }
    noteCuts(schedule)
  }

  private func noteCuts(_ schedule: Schedule) {
    let now = schedule.cutUntil.map { $0 > schedule.now }
    if latestCuts.isEmpty { latestCuts = now.map { _ in false } }
    for place in now.indices where now[place] != latestCuts[place] {
      Self.begin(&cuts)
      cuts.append(decimal: schedule.now)
      cuts.append(",")
      cuts.append(decimal: place / Schedule.maxHosts)
      cuts.append(",")
      cuts.append(decimal: place % Schedule.maxHosts)
      cuts.append(now[place] ? ",1]" : ",0]")
    }
    latestCuts = now
  }

  private static func state(of host: Host, at time: Instant) -> HostState {
    let core = host.node.core
    let last = core.log.lastIndex.rawValue
    let first = max(core.log.base.index.rawValue, last - min(last, logLength)) + 1
    let terms =
      first > last ? [] : (first...last).map { core.log.term(at: LogIndex($0))?.rawValue ?? 0 }
    let role: StaticText =
      switch core.role {
      case .follower: .follower
      case .preCandidate: .preCandidate
      case .candidate: .candidate
      case .leader: .leader
      }
    return HostState(
      condition: !host.isUp ? .down : host.isPaused(at: time) ? .paused : .up, role: role,
      term: core.term.rawValue, vote: core.vote?.rawValue ?? 0, first: first, terms: terms,
      commit: core.commitIndex.rawValue, applied: host.applied.rawValue)
  }

  /// `[time, host, condition, role, term, vote, commit, applied, first, [terms]]`
  private func append(_ state: HostState, of host: Int, at time: Instant) {
    Self.begin(&states)
    states.append(decimal: time)
    states.append(",")
    states.append(decimal: host)
    for word in [state.condition, state.role] {
      states.append(",\"")
      states.append(contentsOf: word.rawValue.utf8)
      states.append("\"")
    }
    for number in [state.term, state.vote, state.commit, state.applied, state.first] {
      states.append(",")
      states.append(decimal: number)
    }
    states.append(",[")
    for (place, term) in state.terms.enumerated() {
      if place > 0 { states.append(",") }
      states.append(decimal: term)
    }
    states.append("]]")
  }

  /// Notes a message: `[sent, arrives, from, to, term, kind, words]`; one that is lost arrives
  /// never, -1.
  func sent(_ message: Message, at time: Instant, arriving arrival: Instant?) {
    messageCount += 1
    guard messageCount <= Self.messageLimit else { return }
    Self.begin(&messages)
    messages.append(decimal: time)
    messages.append(",")
    messages.append(decimal: arrival ?? -1)
    for number in [message.from.rawValue - 1, message.to.rawValue - 1, message.term.rawValue] {
      messages.append(",")
      messages.append(decimal: number)
    }
    messages.append(",\"")
    messages.append(Self.kind(message))
    messages.append("\",")
    messages.append(jsonString: Array(Story.words(message).utf8))
    messages.append("]")
  }

  private static func kind(_ message: Message) -> StaticString {
    switch message.content {
    case .preVote, .preVoteReply, .requestVote, .voteReply: "vote"
    case .appendEntries, .appendReply: "append"
    case .installSnapshot: "snapshot"
    case .heartbeat, .heartbeatReply: "beat"
    case .timeoutNow, .lossNotice: "other"
    }
  }

  /// Notes a sentence: `[time, host, words]`; -1 for all hosts.
  func told(_ words: String, of host: Int?, at time: Instant) {
    Self.begin(&sentences)
    sentences.append(decimal: time)
    sentences.append(",")
    sentences.append(decimal: host ?? -1)
    sentences.append(",")
    sentences.append(jsonString: Array(words.utf8))
    sentences.append("]")
  }

  private static func begin(_ list: inout [UInt8]) { list.append(list.isEmpty ? "[" : ",\n[") }

  // MARK: The recording

  /// The whole run as JSON.
  /// - Parameters:
  ///   - command: the line that repeats it.
  ///   - deeds: the part of that line that the reader can change.
  public func json(of result: ScheduleResult, command: String, deeds: String) -> [UInt8] {
    var json: [UInt8] = []
    json.append("{\"command\":")
    json.append(jsonString: Array(command.utf8))
    json.append(",\"do\":")
    json.append(jsonString: Array(deeds.utf8))
    json.append(",\"digest\":")
    json.append(jsonString: Array(String(result.digest, radix: 16).utf8))
    json.append(",\"profile\":")
    json.append(jsonString: Array(result.profile.rawValue.utf8))
    json.append(",\"end\":")
    json.append(decimal: result.counts.duration)
    json.append(",\"hosts\":")
    json.append(decimal: latest.count)
    if let failure = result.failure {
      let words =
        "\(failure.invariant.rawValue), \(failure.invariant.meaning): \(failure.description)"
      json.append(",\"failure\":")
      json.append(jsonString: Array(words.utf8))
    }
    for (name, list) in [
      (",\n\"states\":[", states), (",\n\"messages\":[", messages), (",\n\"cuts\":[", cuts),
      (",\n\"sentences\":[", sentences),
    ] as [(StaticString, [UInt8])] {
      json.append(name)
      json.append(contentsOf: list)
      json.append("]")
    }
    json.append("}\n")
    return json
  }
}

extension Recorder {
  /// A part of a recording as a picture: see ``SequencePicture``.
  ///
  /// - Parameters:
  ///   - recording: what ``json(of:command:deeds:)`` has returned.
  ///   - milliseconds: which part of the run.
  public static func picture(
    of recording: [UInt8], _ milliseconds: ClosedRange<Int64>
  ) throws -> [UInt8] {
    let range = milliseconds.lowerBound * 1_000...milliseconds.upperBound * 1_000
    return SequencePicture(try JSONDocument(recording).root, range).drawn()
  }
}

extension ScheduleSettings {
  /// Runs one schedule to its end, with what the reader does, and writes it down.
  ///
  /// - Parameter isQuiet: whether no client asks for anything but what `deeds` say.
  public func run(
    seed: UInt64, doing deeds: Deeds, isQuiet: Bool, story: Story? = nil, recorder: Recorder? = nil
  ) -> ScheduleResult {
    let schedule = schedule(seed: seed, story: story)
    schedule.recorder = recorder
    if isQuiet { schedule.quieten() }
    schedule.plan(deeds)
    recorder?.note(schedule)
    return result(of: schedule)
  }
}
