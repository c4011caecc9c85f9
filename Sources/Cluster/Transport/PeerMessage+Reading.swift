import JSON
import Raft
import Store

/// Why a request of another node is not taken. Nothing has changed.
struct PeerError: Error, Hashable, Sendable {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

// Every number is checked here, once: Raft's core trusts its messages to be well-formed.

extension PeerMessage {
  /// Reads one message.
  init(
    _ value: JSONValue, from: NodeID, to: NodeID, _ registry: CommandRegistry
  ) throws(PeerError) {
    guard let type = value["t"] else { throw PeerError("a message has no type") }
    if type.equals("forward") {
      self = try Self.forward(value, registry)
    } else if type.equals("forwarded") {
      self = .forwarded(
        first: try value.number("first"), count: Int(try value.number("count")),
        try Self.result(value))
    } else if type.equals("read") {
      self = .read(try value.number("id"))
    } else if type.equals("readable") {
      let index = value["index"] == nil ? nil : LogIndex(try value.number("index"))
      self = .readable(try value.number("id"), index)
    } else {
      let content = try Message.Content(type, value)
      self = .raft(
        Message(from: from, to: to, term: Term(try value.number("term")), content: content))
    }
  }

  private static func forward(
    _ value: JSONValue, _ registry: CommandRegistry
  ) throws(PeerError) -> PeerMessage {
    guard let list = value["ops"], list.isArray else { throw PeerError("ops is no list") }
    var operations: [Operation] = []
    for element in list.elements {
      do throws(FieldError) {
        operations.append(try Operation(element, registry, isLogged: false))
      } catch {
        throw PeerError("an operation is not known: \(error)")
      }
    }
    return .forward(first: try value.number("first"), operations)
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
    } else {
      throw PeerError("a message's type is not known")
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
    guard let list = value["entries"], list.isArray else { throw PeerError("entries is no list") }
    var entries: [Entry] = []
    var last = previous
    for element in list.elements {
      let entry = try Entry(element)
      guard entry.index == last.index + 1, entry.term >= last.term, entry.term <= term else {
        throw PeerError("the entries do not follow on each other")
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
      throw PeerError("an entry has no type or no op")
    }
    let index = LogIndex(try value.number("i"))
    let term = Term(try value.number("term"))
    if type.equals("entry") {
      // A line of the log: it must not hold a line break, which JSON allows between its tokens.
      guard payload.isObject, !payload.text.contains(UInt8(ascii: "\n")) else {
        throw PeerError("an entry is not one line of JSON")
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
  /// A number below 2^53.
  func number(_ name: StaticString) throws(PeerError) -> UInt64 {
    guard let number = self[name]?.uint64, number < PeerLimits.number else {
      throw PeerError("\(name) is missing or no whole number below 2^53")
    }
    return number
  }

  func flag(_ name: StaticString) throws(PeerError) -> Bool {
    guard let flag = self[name]?.bool else { throw PeerError("\(name) is neither true nor false") }
    return flag
  }

  /// `[index, term]`
  func position(_ name: StaticString) throws(PeerError) -> LogPosition {
    guard let numbers = self[name]?.list({ $0.uint64 }), numbers.count == 2,
      numbers.allSatisfy({ $0 < PeerLimits.number })
    else { throw PeerError("\(name) is no position in a log") }
    return LogPosition(index: LogIndex(numbers[0]), term: Term(numbers[1]))
  }
}
