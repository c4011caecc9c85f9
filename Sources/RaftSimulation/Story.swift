import Raft
import Store

/// Tells a schedule line by line: when, who, what, and what the log then looked like.
public final class Story {
  private let print: (String) -> Void
  /// Whether to say of each election, commit and read who counted.
  public var showsCertificates = false

  public init(print: @escaping (String) -> Void) {
    self.print = print
    print(
      "      ms  node  what" + String(repeating: " ", count: 60) + "role, term, [terms of the log]")
  }

  func tell(_ time: Instant, _ host: Host?, _ what: String) {
    var line = Story.right(Story.milliseconds(time), 8)
    guard let host else { return print(line + "        " + what) }
    line += "  " + Story.left("\(host.id)", 4) + "  " + Story.left(what, 62)
    let core = host.node.core
    let sign =
      switch core.role {
      case .leader: "L"
      case .candidate: "C"
      case .preCandidate: "P"
      case .follower: "F"
      }
    print(line + "  \(sign)\(core.term) " + Story.strip(core))
  }

  /// The last entries' terms, `|` behind the committed part.
  private static func strip(_ core: RaftCore) -> String {
    let last = core.log.lastIndex
    var index = last.rawValue > 8 ? last - 8 : .zero
    var text = index == .zero ? "[" : "[..\(index) "
    if core.commitIndex == index { text += "|" }
    while index < last {
      index = index + 1
      text += core.log.term(at: index).map(\.description) ?? "·"
      if index == core.commitIndex { text += "|" } else if index < last { text += " " }
    }
    return text + "]"
  }

  private static func milliseconds(_ time: Instant) -> String {
    let tenths = time / 100
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  // MARK: Words

  static func words(_ role: Role) -> String {
    switch role {
    case .follower: "a follower"
    case .preCandidate: "a pre-candidate"
    case .candidate: "a candidate"
    case .leader: "THE LEADER"
    }
  }

  static func words(_ nodes: [NodeID]) -> String {
    nodes.map(\.description).joined(separator: " ")
  }

  static func words(_ entry: Entry) -> String {
    switch entry.kind {
    case .noOp: "\(entry.position), empty"
    case .membership(let membership): "\(entry.position): \(words(membership))"
    case .command:
      switch RegisterCommand(entry.payload) {
      case let command? where command.kind == .write:
        "\(entry.position): k\(command.key) = \(command.operation)"
      case let command?:
        "\(entry.position): k\(command.key) = \(command.operation) if \(command.expected)"
      case nil: "\(entry.position): ?"
      }
    }
  }

  static func words(_ membership: Membership) -> String {
    let voters = membership.voters.map(\.description).joined(separator: " ")
    if membership.learners.isEmpty { return "voters \(voters)" }
    let learners = membership.learners.map(\.description).joined(separator: " ")
    return "voters \(voters), learners \(learners)"
  }

  static func words(_ operation: ClientOperation) -> String {
    switch operation.action {
    case .read: "read k\(operation.key)"
    case .write(let value): "write k\(operation.key) = \(value)"
    case .compareAndSwap(let expected, let value):
      "write k\(operation.key) = \(value) if it is \(expected)"
    }
  }

  static func words(_ outcome: ClientOperation.Outcome, to operation: ClientOperation) -> String {
    switch outcome {
    case .unknown: "nobody knows"
    case .never: "that will never be written"
    case .read(let value): "k\(operation.key) is \(value)"
    case .written(true): "k\(operation.key) is written"
    case .written(false): "k\(operation.key) was not what you expected"
    }
  }

  static func words(_ message: Message) -> String {
    switch message.content {
    case .preVote(let request):
      "would you vote for me in term \(message.term)? my log ends at \(request.lastPosition)"
    case .preVoteReply(let granted, _): granted ? "I would, in term \(message.term)" : "I would not"
    case .requestVote(let request):
      "vote for me in term \(message.term); my log ends at \(request.lastPosition)"
    case .voteReply(let granted): granted ? "my vote in term \(message.term)" : "no vote"
    case .appendEntries(let append):
      append.entries.isEmpty
        ? "nothing new after \(append.previous), commit \(append.commitIndex)"
        : "after \(append.previous): \(append.entries.count) entries, commit \(append.commitIndex)"
    case .appendReply(let reply):
      switch reply.result {
      case .accepted(let index): "accepted up to \(index)"
      case .rejected(let rejection):
        "not after \(rejection.previousIndex); perhaps after \(rejection.hint)"
      }
    case .heartbeat(let heartbeat): "I lead still; commit \(heartbeat.commit)"
    case .heartbeatReply: "you lead still"
    case .installSnapshot(let snapshot, _): "a snapshot of \(snapshot.position)"
    case .timeoutNow: "campaign now"
    case .lossNotice(let index): "you had acknowledged everything up to \(index)"
    }
  }
}

extension Schedule {
  func tell(_ host: Int, _ what: @autoclosure () -> String) {
    guard story != nil || recorder != nil else { return }
    let words = what()
    story?.tell(now, hosts[host], words)
    recorder?.told(words, of: host, at: now)
  }

  func tellAll(_ what: @autoclosure () -> String) {
    guard story != nil || recorder != nil else { return }
    let words = what()
    story?.tell(now, nil, words)
    recorder?.told(words, of: nil, at: now)
  }
}
