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
  private var writes: [UInt8] = []
  private var progress: [UInt8] = []
  private var messageCount = 0
  private var latest: [HostState] = []
  private var latestLinks: [LinkState] = []
  private var latestProgress: [Int: String] = [:]

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

  /// What is shown of the way from one host to another.
  private struct LinkState: Equatable {
    var isCut = false
    var delay: Instant = 0
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
    noteLinks(schedule)
    noteProgress(schedule)
  }

  /// `[time, from, to, is it cut, by how many milliseconds is it slow]`
  private func noteLinks(_ schedule: Schedule) {
    let now = schedule.cutUntil.indices.map { place in
      LinkState(
        isCut: schedule.cutUntil[place] > schedule.now,
        delay: schedule.linkDelays.isEmpty ? 0 : schedule.linkDelays[place])
    }
    if latestLinks.isEmpty { latestLinks = now.map { _ in LinkState() } }
    for place in now.indices where now[place] != latestLinks[place] {
      Self.begin(&cuts)
      cuts.append(decimal: schedule.now)
      cuts.append(",")
      cuts.append(decimal: place / Schedule.maxHosts)
      cuts.append(",")
      cuts.append(decimal: place % Schedule.maxHosts)
      cuts.append(now[place].isCut ? ",1," : ",0,")
      cuts.append(decimal: now[place].delay / 1_000)
      cuts.append("]")
    }
    latestLinks = now
  }

  /// What a leader knows of each follower: `[time, leader, follower, state, match, next]`
  private func noteProgress(_ schedule: Schedule) {
    for (number, host) in schedule.hosts.enumerated() {
      guard host.isUp, let leadership = host.node.core.leadership else { continue }
      for peer in leadership.peers {
        let state =
          switch peer.state {
          case .probe: "probe"
          case .replicate: "replicate"
          case .snapshot: "snapshot"
          }
        let follower = Int(peer.id.rawValue) - 1
        let words =
          "\(number),\(follower),\"\(state)\",\(peer.matchIndex.rawValue),\(peer.nextIndex.rawValue)"
        if latestProgress[follower] == words { continue }
        latestProgress[follower] = words
        Self.begin(&progress)
        progress.append(contentsOf: "\(schedule.now),\(words)]".utf8)
      }
    }
  }

  /// Notes what a disk has finished: `[begin, end, host, words]`.
  func wrote(
    _ write: DiskWrite, over disk: DurableLog, of host: Int, _ start: Instant, _ end: Instant
  ) {
    Self.begin(&writes)
    for number in [start, end, Instant(host)] {
      writes.append(decimal: number)
      writes.append(",")
    }
    writes.append(jsonString: Array(Self.words(write, over: disk).utf8))
    writes.append("]")
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
      (",\n\"writes\":[", writes), (",\n\"progress\":[", progress),
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
