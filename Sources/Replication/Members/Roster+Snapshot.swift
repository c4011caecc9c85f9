import Bytes
import JSON
import Raft
import Store
import WAL

// The first line of a cluster's snapshot says who the members were; a lone node of step 5 has none:
//
//     {"roster":1,"voters":[...],"learners":[...],"cluster":"...","members":[...],"removed":[]}

extension [UInt8] {
  mutating func append(_ roster: Roster, _ membership: Membership) {
    append("{\"roster\":1,")
    appendFields(of: membership)
    append(",")
    appendFields(of: roster)
    append("}")
  }
}

/// Takes in a snapshot's lines: the roster, if there is one, and then the store's state.
struct MemberStateLoader: ~Copyable {
  private(set) var roster: Roster?
  private(set) var membership: Membership?
  private var loader: StateLoader
  private var isFirst = true

  /// - Parameter sections: what the snapshot may hold beside the store.
  init(_ sections: [any SnapshotSection]) { loader = StateLoader(sections) }

  mutating func load(_ line: UnsafeRawBufferPointer) throws(JournalError) {
    defer { isFirst = false }
    guard isFirst, line.starts(with: "{\"roster\":".utf8) else { return try loader.load(line) }
    guard let value = try? JSONDocument(Array(line)).root, let roster = Roster(value),
      let membership = Membership(value)
    else { throw .writtenByLaterStep("unknown members") }
    self.roster = roster
    self.membership = membership
  }

  consuming func finish() -> LoadedState { loader.finish() }
}
