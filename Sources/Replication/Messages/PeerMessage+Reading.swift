package import JSON
package import Raft
package import Store

/// Why a request of another node is not taken. Nothing has changed.
package struct PeerError: Error, Hashable, Sendable {
  package let reason: String
  package init(_ reason: String) { self.reason = reason }
}

// Every number is checked here, once: Raft's core trusts its messages to be well-formed.
//
// | what | what it must be |
// | --- | --- |
// | index, term, round, number | less than 2^52 (``PeerLimits/number``) |
// | reads of a request | at most ``PeerLimits/reads`` |
// | count, "ops" | at most ``PeerLimits/forwardedOperations`` |
// | the counts of a request | together at most ``PeerLimits/answeredOperations`` |
// | a position | index and term, both zero or neither |
// | the term of a position | not after the message's |
// | entries | each follows the one before it; terms never fall |
// | voters and learners | each node once, and at least one voter |

extension PeerMessage {
  /// Reads the messages of a request.
  package static func list(
    _ value: JSONValue?, from: NodeID, to: NodeID, _ registry: CommandRegistry
  ) throws(PeerError) -> [PeerMessage] {
    guard let value, value.isArray else { throw PeerError("\"messages\" must be an array") }
    var messages: [PeerMessage] = []
    var (reads, answers) = (0, 0)
    for element in value.elements {
      let message = try PeerMessage(element, from: from, to: to, registry)
      switch message {
      case .read: reads += 1
      case .forwarded(_, let count, _): answers += count
      case .raft, .forward, .readable: break
      }
      guard reads <= PeerLimits.reads else {
        throw PeerError("a request must ask for at most \(PeerLimits.reads) reads")
      }
      guard answers <= PeerLimits.answeredOperations else {
        throw PeerError(
          "a request must answer at most \(PeerLimits.answeredOperations) operations")
      }
      messages.append(message)
    }
    return messages
  }

  /// Reads one message.
  package init(
    _ value: JSONValue, from: NodeID, to: NodeID, _ registry: CommandRegistry
  ) throws(PeerError) {
    guard let type = value["t"] else { throw PeerError("\"t\" is missing") }
    if type.equals("forward") {
      self = try Self.forward(value, registry)
    } else if type.equals("forwarded") {
      self = .forwarded(
        first: try value.number("first"), count: try Self.count(try value.number("count")),
        try Self.result(value))
    } else if type.equals("read") {
      self = .read(try value.number("id"))
    } else if type.equals("readable") {
      let index = value["index"] == nil ? nil : LogIndex(try value.number("index"))
      self = .readable(try value.number("id"), index)
    } else {
      let content = try Message.Content(type, value)
      let term = Term(try value.number("term"))
      guard content.latestTerm <= term else {
        throw PeerError("a position's term must not be after the message's term, \(term)")
      }
      self = .raft(Message(from: from, to: to, term: term, content: content))
    }
  }

  private static func forward(
    _ value: JSONValue, _ registry: CommandRegistry
  ) throws(PeerError) -> PeerMessage {
    guard let list = value["ops"], list.isArray else { throw PeerError("\"ops\" must be an array") }
    var operations: [Operation] = []
    for element in list.elements {
      _ = try count(UInt64(operations.count + 1))
      let operation: Operation
      do throws(FieldError) {
        operation = try Operation(element, registry, isLogged: false)
      } catch {
        throw PeerError("an operation is not known: \(error)")
      }
      // Only the leader says what time it is.
      if case .command(let command) = operation, command.stampTime != nil {
        throw PeerError("a forwarded command must not be stamped")
      }
      operations.append(operation)
    }
    return .forward(first: try value.number("first"), operations)
  }

  private static func count(_ number: UInt64) throws(PeerError) -> Int {
    let limit = PeerLimits.forwardedOperations
    guard number <= limit else {
      throw PeerError("a message must name at most \(limit) operations, not \(number)")
    }
    return Int(number)
  }

  private static func result(_ value: JSONValue) throws(PeerError) -> ForwardResult {
    if let reason = value["refused"]?.string { return .refused(reason) }
    return value["at"] == nil ? .notNow : .proposed(try value.position("at"))
  }
}

extension Message.Content {
  fileprivate init(_ type: JSONValue, _ value: JSONValue) throws(PeerError) {
    if type.equals("append") {
      self = .appendEntries(try AppendEntries(value))
    } else if type.equals("appendReply") {
      self = .appendReply(try AppendReply(value))
    } else if type.equals("heartbeat") {
      self = .heartbeat(
        Heartbeat(commit: try value.position("commit"), round: try value.number("round")))
    } else if type.equals("heartbeatReply") {
      self = .heartbeatReply(round: try value.number("round"))
    } else if type.equals("preVote") {
      self = .preVote(try VoteRequest(value))
    } else if type.equals("preVoteReply") {
      self = .preVoteReply(
        granted: try value.flag("granted"), commit: try value.position("commit"))
    } else if type.equals("vote") {
      self = .requestVote(try VoteRequest(value))
    } else if type.equals("voteReply") {
      self = .voteReply(granted: try value.flag("granted"))
    } else if type.equals("timeoutNow") {
      self = .timeoutNow
    } else if type.equals("lossNotice") {
      self = .lossNotice(matchIndex: LogIndex(try value.number("match")))
    } else {
      throw PeerError("a message's type is not known")
    }
  }

  /// The latest term of the sender's log that is mentioned. A node's log has no entry of a later
  /// term than its own.
  fileprivate var latestTerm: Term {
    switch self {
    case .preVote(let request), .requestVote(let request): request.lastPosition.term
    case .preVoteReply(_, let commit): commit.term
    case .appendEntries(let append): append.previous.term
    case .heartbeat(let heartbeat): heartbeat.commit.term
    case .appendReply(let reply):
      if case .rejected(let rejection) = reply.result { rejection.hint.term } else { .zero }
    case .voteReply, .heartbeatReply, .installSnapshot, .timeoutNow, .lossNotice: .zero
    }
  }
}

extension VoteRequest {
  fileprivate init(_ value: JSONValue) throws(PeerError) {
    self.init(
      lastPosition: try value.position("last"), isTransfer: try value.flag("transfer"))
  }
}

extension AppendReply {
  fileprivate init(_ value: JSONValue) throws(PeerError) {
    let round = try value.number("round")
    guard value["match"] == nil else {
      let index = LogIndex(try value.number("match"))
      self.init(result: .accepted(matchIndex: index), round: round)
      return
    }
    let rejection = Rejection(
      previousIndex: LogIndex(try value.number("previous")), hint: try value.position("hint"),
      lastIndex: LogIndex(try value.number("lastIndex")))
    self.init(result: .rejected(rejection), round: round)
  }
}

extension AppendEntries {
  fileprivate init(_ value: JSONValue) throws(PeerError) {
    let term = Term(try value.number("term"))
    let previous = try value.position("previous")
    guard let list = value["entries"], list.isArray else {
      throw PeerError("\"entries\" must be an array")
    }
    var entries: [Entry] = []
    var last = previous
    for element in list.elements {
      let entry = try Entry(element)
      guard entry.index == last.index + 1, entry.term >= max(last.term, Term(1)), entry.term <= term
      else {
        throw PeerError("each entry must follow the one before it, in no earlier term")
      }
      last = entry.position
      entries.append(entry)
    }
    self.init(
      previous: previous, entries: entries, commitIndex: LogIndex(try value.number("commit")),
      round: try value.number("round"))
  }
}

extension Entry {
  fileprivate init(_ value: JSONValue) throws(PeerError) {
    guard let type = value["t"], let payload = value["op"] else {
      throw PeerError("an entry must have \"t\" and \"op\"")
    }
    let index = LogIndex(try value.number("i"))
    let term = Term(try value.number("term"))
    if type.equals("entry") {
      // A line of the log: it must not hold a line break, which JSON allows between its tokens.
      guard payload.isObject, !payload.text.contains(UInt8(ascii: "\n")) else {
        throw PeerError("an entry must be one line of JSON")
      }
      self.init(index: index, term: term, kind: .command, payload: Array(payload.text))
    } else if type.equals("noop") {
      self.init(index: index, term: term, kind: .noOp, payload: [])
    } else if type.equals("members"), let (kind, bytes) = Entry.membership(payload),
      !bytes.contains(UInt8(ascii: "\n"))
    {
      self.init(index: index, term: term, kind: kind, payload: bytes)
    } else {
      throw PeerError("an entry's type is not known")
    }
  }
}

extension JSONValue {
  /// A number below 2^52.
  package func number(_ name: StaticString) throws(PeerError) -> UInt64 {
    guard let number = self[name]?.uint64, number < PeerLimits.number else {
      throw PeerError("\"\(name)\" must be a whole number below 2^52")
    }
    return number
  }

  func flag(_ name: StaticString) throws(PeerError) -> Bool {
    guard let flag = self[name]?.bool else { throw PeerError("\"\(name)\" must be true or false") }
    return flag
  }

  /// `[index, term]`
  func position(_ name: StaticString) throws(PeerError) -> LogPosition {
    guard let numbers = self[name]?.list({ $0.uint64 }), numbers.count == 2,
      numbers.allSatisfy({ $0 < PeerLimits.number })
    else { throw PeerError("\"\(name)\" must be [index, term], both below 2^52") }
    // Taken as it is, it would contradict every log, which is a promise of Raft broken for good.
    guard (numbers[0] == 0) == (numbers[1] == 0) else {
      throw PeerError("\"\(name)\" must have an index and a term, or be [0, 0]")
    }
    return LogPosition(index: LogIndex(numbers[0]), term: Term(numbers[1]))
  }
}
