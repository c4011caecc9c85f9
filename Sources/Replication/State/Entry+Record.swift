import Bytes
package import JSON
package import Raft
package import WAL

// The log's entries as the journal keeps them, and as they travel.
//
//     {"t":"entry", ..., "op":{"do":"put",...}}                                 a command
//     {"t":"noop", ..., "op":null}
//     {"t":"members", ..., "op":{"voters":[...],"learners":[...],"member":...}} who takes part from
//     here

extension Entry {
  /// The JSON value that stands for the entry's kind and payload.
  var encoded: [UInt8] {
    switch kind {
    case .command: return payload
    case .noOp: return Array("null".utf8)
    case .membership(let membership):
      var bytes: [UInt8] = []
      bytes.append("{")
      bytes.appendFields(of: membership)
      bytes.append(",\"member\":")
      if payload.isEmpty { bytes.append("null") } else { bytes.append(contentsOf: payload) }
      bytes.append("}")
      return bytes
    }
  }

  var recordKind: EntryRecord.Kind {
    switch kind {
    case .command: .command
    case .noOp: .noOp
    case .membership: .membership
    }
  }

  package var record: EntryRecord {
    EntryRecord(recordKind, index: index, term: term, payload: encoded)
  }

  /// Nil if the journal holds what no version of this code wrote.
  init?(_ record: EntryRecord) {
    switch record.kind {
    case .command:
      self.init(index: record.index, term: record.term, kind: .command, payload: record.payload)
    case .noOp:
      self.init(index: record.index, term: record.term, kind: .noOp, payload: [])
    case .membership:
      guard let value = try? JSONDocument(record.payload).root,
        let (kind, payload) = Self.membership(value)
      else { return nil }
      self.init(index: record.index, term: record.term, kind: kind, payload: payload)
    }
  }

  /// Reads what a membership entry says.
  package static func membership(_ value: JSONValue) -> (kind: Kind, payload: [UInt8])? {
    guard let membership = Membership(value), let member = value["member"],
      member.isNull || MemberRecord(member) != nil
    else { return nil }
    return (.membership(membership), member.isNull ? [] : Array(member.text))
  }
}
