import Bytes
import JSON
package import Raft
import Store

// Messages as JSON. An entry's payload is JSON already: its bytes, the same that go to the disk,
// are put in as they are.
//
//     {"t":"append","term":5,"previous":[7,4],"commit":6,"round":31,
//      "entries":[{"t":"entry","i":8,"term":5,"op":{"do":"put","key":"/a","value":"1"}}]}

extension [UInt8] {
  /// Appends a message of Raft; nothing of a snapshot's, which travels in its own way.
  package mutating func append(_ message: Message) {
    switch message.content {
    case .preVote(let request): append("preVote", message.term, request)
    case .requestVote(let request): append("vote", message.term, request)
    case .preVoteReply(let granted, let commit):
      begin("preVoteReply", message.term)
      append(granted ? ",\"granted\":true" : ",\"granted\":false")
      append(",\"commit\":", commit)
    case .voteReply(let granted):
      begin("voteReply", message.term)
      append(granted ? ",\"granted\":true" : ",\"granted\":false")
    case .appendEntries(let entries): append(entries, message.term)
    case .appendReply(let reply): append(reply, message.term)
    case .heartbeat(let heartbeat):
      begin("heartbeat", message.term)
      append(",\"commit\":", heartbeat.commit)
      append(",\"round\":", heartbeat.round)
    case .heartbeatReply(let round):
      begin("heartbeatReply", message.term)
      append(",\"round\":", round)
    case .timeoutNow: begin("timeoutNow", message.term)
    case .lossNotice(let matchIndex):
      begin("lossNotice", message.term)
      append(",\"match\":", matchIndex.rawValue)
    case .installSnapshot: preconditionFailure("a snapshot is streamed")
    }
    append("}")
  }

  private mutating func append(_ name: StaticString, _ term: Term, _ request: VoteRequest) {
    begin(name, term)
    append(",\"last\":", request.lastPosition)
    append(request.isTransfer ? ",\"transfer\":true" : ",\"transfer\":false")
  }

  private mutating func append(_ entries: AppendEntries, _ term: Term) {
    begin("append", term)
    append(",\"previous\":", entries.previous)
    append(",\"commit\":", entries.commitIndex.rawValue)
    append(",\"round\":", entries.round)
    append(",\"entries\":")
    append(list: entries.entries) { bytes, entry in
      switch entry.kind {
      case .command: bytes.append("{\"t\":\"entry\"")
      case .noOp: bytes.append("{\"t\":\"noop\"")
      case .membership: bytes.append("{\"t\":\"members\"")
      }
      bytes.append(",\"i\":", entry.index.rawValue)
      bytes.append(",\"term\":", entry.term.rawValue)
      bytes.append(",\"op\":")
      bytes.append(contentsOf: entry.encoded)
      bytes.append("}")
    }
  }

  private mutating func append(_ reply: AppendReply, _ term: Term) {
    begin("appendReply", term)
    append(",\"round\":", reply.round)
    switch reply.result {
    case .accepted(let matchIndex): append(",\"match\":", matchIndex.rawValue)
    case .rejected(let rejection):
      append(",\"previous\":", rejection.previousIndex.rawValue)
      append(",\"hint\":", rejection.hint)
      append(",\"lastIndex\":", rejection.lastIndex.rawValue)
    }
  }

  private mutating func begin(_ name: StaticString, _ term: Term) {
    append("{\"t\":\"")
    append(name)
    append("\"")
    append(",\"term\":", term.rawValue)
  }

  private mutating func append(_ name: StaticString, _ number: UInt64) {
    append(name)
    append(decimal: number)
  }

  private mutating func append(_ name: StaticString, _ position: LogPosition) {
    append(name)
    append("[")
    append(decimal: position.index.rawValue)
    append(",")
    append(decimal: position.term.rawValue)
    append("]")
  }
}

// What a follower asks of the leader, and the answers.
extension [UInt8] {
  mutating func appendForward(first: UInt64, _ operations: [[UInt8]]) {
    append("{\"t\":\"forward\"")
    append(",\"first\":", first)
    append(",\"ops\":")
    append(list: operations) { $0.append(contentsOf: $1) }
    append("}")
  }

  mutating func appendForwarded(first: UInt64, count: Int, _ result: ForwardResult) {
    append("{\"t\":\"forwarded\"")
    append(",\"first\":", first)
    append(",\"count\":", UInt64(count))
    switch result {
    case .proposed(let position): append(",\"at\":", position)
    case .notNow: break
    case .refused(let reason):
      append(",\"refused\":")
      append(jsonString: Array(reason.utf8))
    }
    append("}")
  }

  mutating func appendRead(_ id: UInt64) {
    append("{\"t\":\"read\"")
    append(",\"id\":", id)
    append("}")
  }

  mutating func appendReadable(_ id: UInt64, _ index: LogIndex?) {
    append("{\"t\":\"readable\"")
    append(",\"id\":", id)
    if let index { append(",\"index\":", index.rawValue) }
    append("}")
  }
}
