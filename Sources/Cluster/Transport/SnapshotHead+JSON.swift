import Bytes
import JSON
import Raft
import Store
import WAL

// The line before each piece of a snapshot: see ``SnapshotSending``.

extension [UInt8] {
  mutating func append(_ head: SnapshotHead) {
    append("{")
    appendFields(of: head.identity)
    append(",")
    appendFields(of: head.membership)
    let record = head.record
    let numbers: [(StaticString, UInt64)] = [
      (",\"term\":", head.term.rawValue), (",\"round\":", head.round),
      (",\"i\":", record.index.rawValue), (",\"iterm\":", record.term.rawValue),
      (",\"lines\":", record.lines), (",\"bytes\":", record.bytes),
      (",\"sum\":", UInt64(record.checksum)), (",\"offset\":", UInt64(head.offset)),
    ]
    for (name, number) in numbers {
      append(name)
      append(decimal: number)
    }
    append("}\n")
  }
}

extension SnapshotHead {
  init(_ value: JSONValue) throws(PeerError) {
    guard let membership = Membership(value) else { throw PeerError("the members are missing") }
    guard let checksum = UInt32(exactly: try value.number("sum")) else {
      throw PeerError("sum is no checksum")
    }
    let record = SnapshotRecord(
      index: LogIndex(try value.number("i")), term: Term(try value.number("iterm")),
      lines: try value.number("lines"), bytes: try value.number("bytes"), checksum: checksum)
    let term = Term(try value.number("term"))
    guard record.term <= term, record.index > .zero else {
      throw PeerError("the snapshot is of no term before the leader's")
    }
    self.init(
      identity: try PeerIdentity(value), term: term, round: try value.number("round"),
      membership: membership, record: record, offset: Int(try value.number("offset")))
  }

  /// What Raft is told when all of it is here.
  var message: Message {
    let metadata = SnapshotMetadata(
      position: LogPosition(index: record.index, term: record.term), membership: membership)
    return Message(
      from: identity.from, to: identity.to, term: term,
      content: .installSnapshot(metadata, round: round))
  }
}
