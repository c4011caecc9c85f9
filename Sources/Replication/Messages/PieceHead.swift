import Bytes
package import JSON
package import Raft
package import Store
package import WAL

/// The line before each piece of a snapshot that a leader sends:
///
///     {"cluster":...,"from":...,"incarnation":...,"to":...,"voters":[...],"learners":[...],
///      "term":5,"round":31,"i":100000,"iterm":4,"lines":9,"bytes":512,"sum":7,"offset":0}
package struct PieceHead: Sendable {
  package var identity: PeerIdentity
  package var term: Term
  package var round: UInt64
  package var membership: Membership
  package var record: SnapshotRecord
  /// Where in the file the piece begins.
  package var offset: Int

  package init(
    identity: PeerIdentity, term: Term, round: UInt64, membership: Membership,
    record: SnapshotRecord, offset: Int
  ) {
    self.identity = identity
    self.term = term
    self.round = round
    self.membership = membership
    self.record = record
    self.offset = offset
  }
}

/// Limits of snapshots that are being sent.
package enum PieceLimits {
  /// Bytes of the first piece.
  package static let firstPieceBytes = 64 << 10
  /// Bytes of every other piece.
  package static let pieceBytes = 1 << 20
  /// How long a peer may take for one piece, beyond the time that its bytes take.
  package static let answerTime = Duration.seconds(30)
  /// How long a snapshot of which nothing more comes is kept; longer than any sender waits.
  package static let idleTime = Duration.seconds(600)
}

extension [UInt8] {
  /// Appends the object that goes before a piece.
  package mutating func append(_ head: PieceHead) {
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

extension PieceHead {
  package init(_ value: JSONValue) throws(PeerError) {
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
  package var message: Message {
    let metadata = SnapshotMetadata(
      position: LogPosition(index: record.index, term: record.term), membership: membership)
    return Message(
      from: identity.from, to: identity.to, term: term,
      content: .installSnapshot(metadata, round: round))
  }
}
