import Raft
import Store
import WAL

/// What a node is made of, found in its data directory or made for it.
struct NodeParts<D: Disk & Sendable> {
  let node: RaftNode
  let journal: Journal<D>
  let disk: D
  let store: KeyValueStore
  let registry: CommandRegistry
  let time: any TimeSource
  let mailbox: Mailbox<NodeMessage>
  let board: StatusBoard
  let transport: Transport
  let settings: NodeSettings
  let identity: MemberRecord
  let roster: Roster
  let syncTimes: Histogram
  let ended: RemovalNotice
}

extension RaftNode {
  /// Whether this leader has committed an entry of its own term, and so knows how far its
  /// predecessors had come.
  var hasCommittedInTerm: Bool { core.log.term(at: core.commitIndex) == core.term }
}
