import Raft
import Store

/// A whole cluster as one value: cores, the messages between them, and what has happened that no
/// later step may contradict.
///
/// Links are first in, first out, and lossy, as connections are. A disk keeps what it is handed
/// before the step ends; what a crash between a write and its sync does is the simulator's to try.
struct World: Hashable, Sendable {
  /// n1 at 0.
  var cores: [RaftCore]
  /// By sender and receiver: `from * count + to`.
  var links: [[Message]]
  /// What may still happen.
  var left: Bounds
  /// By term, who has led it.
  private(set) var leaders: [NodeID?] = []
  /// What some node took for committed, from index 1 on.
  private(set) var committed: [Committed] = []
  /// The least commit index that a read may be answered from, by the reads that wait.
  var reads: [WaitingRead] = []

  struct Committed: Hashable, Sendable {
    var entry: Entry
    /// The term of the first node that took it for committed.
    var term: Term
  }

  struct WaitingRead: Hashable, Sendable {
    var id: ReadID
    /// What was committed anywhere when it was asked.
    var index: LogIndex
  }

  /// Whether replies that can no longer do anything stay in their links, as in a real network.
  var keepsSpent = false

  /// What was found wrong by the last step.
  private(set) var failure: Broken?

  struct Broken: Hashable, Sendable {
    var invariant: Invariant
    var description: String
  }

  init(_ bounds: Bounds) {
    left = bounds
    let ids = (1...bounds.nodes).map { NodeID(UInt64($0)) }
    let members = Membership(
      voters: Array(ids.prefix(bounds.voters)), learners: Array(ids.dropFirst(bounds.voters)))
    cores = ids.map { RaftCore(id: $0, restored: .empty(members: members)) }
    links = Array(repeating: [], count: bounds.nodes * bounds.nodes)
    for node in cores.indices { cores[node].forgetTime() }
    if bounds.startsLed { lead(0) }
    if bounds.startsLed, bounds.startsRemoving { proposeRemoval(of: bounds.voters - 1, by: 0) }
  }

  /// Has a node elected, and everything delivered.
  private mutating func lead(_ node: Int) {
    elect(node)
    run(node) { $0.beat() }
    settle()
  }

  /// The node campaigns, and everything is delivered.
  mutating func elect(_ node: Int) {
    run(node) { $0.timeOut() }
    settle()
  }

  /// A removal that is in the logs of all that stay, and that its leader does not know to be there.
  private mutating func proposeRemoval(of voter: Int, by leader: Int) {
    let id = cores[voter].id
    _ = ask(leader) { (core) throws(Refusal) in _ = try core.propose(.remove(id), payload: []) }
    links[leader * count + voter] = []
    for node in cores.indices where !links[leader * count + node].isEmpty {
      deliver(leader * count + node)
    }
    for node in cores.indices { cores[node].lapse() }
  }

  /// Delivers until nothing is under way.
  mutating func settle() {
    while let link = links.firstIndex(where: { !$0.isEmpty }) { deliver(link) }
  }

  var count: Int { cores.count }

  /// Hands over the oldest message of a link.
  mutating func deliver(_ link: Int) {
    let message = links[link].removeFirst()
    run(link % count) { $0.step(message) }
  }

  /// Lets a node take something in, does what its core asks for, and judges what has changed.
  mutating func run(_ node: Int, _ input: (inout RaftCore) -> Void) {
    let role = cores[node].role
    let term = cores[node].term
    let commit = cores[node].commitIndex
    input(&cores[node])
    while perform(node) {}
    cores[node].forgetTime()
    for from in cores.indices where !keepsSpent && !links[from * count + node].isEmpty {
      links[from * count + node].removeAll { isSpent($0, at: cores[node]) }
    }
    if cores[node].role == .leader, role != .leader || term != cores[node].term {
      judgeElection(cores[node])
    }
    if cores[node].commitIndex > commit { judgeCommit(cores[node], after: commit) }
    if let violation = cores[node].violation, failure == nil {
      fail(.oneLeaderPerTerm, "\(cores[node].id) stops: \(violation)")
    }
  }

  /// One round of effects; true if there may be more.
  private mutating func perform(_ node: Int) -> Bool {
    let effects = cores[node].takeEffects()
    for message in effects.messages + effects.messagesAfterPersisting {
      let receiver = Int(message.to.rawValue) - 1
      guard cores.indices.contains(receiver) else { continue }
      guard keepsSpent || !isSpent(message, at: cores[receiver]) else { continue }
      links[node * count + receiver].append(message)
    }
    for read in effects.confirmedReads { judgeRead(read, by: cores[node].id) }
    if !effects.lostReads.isEmpty { reads.removeAll { effects.lostReads.contains($0.id) } }
    guard effects.mustPersist else { return false }
    cores[node].persisted(through: effects.batch)
    return true
  }
}

/// Whether a reply can no longer do anything, whenever it arrives: terms do not fall, and a role
/// that was given up does not come back within its term. Such replies are taken out of their links,
/// so that states that differ only in them are one.
private func isSpent(_ message: Message, at core: RaftCore) -> Bool {
  if message.term > core.term { return false }
  switch message.content {
  case .voteReply: return message.term < core.term || core.role != .candidate
  case .appendReply, .heartbeatReply: return message.term < core.term || core.role != .leader
  case .preVoteReply, .timeoutNow: return message.term < core.term
  case .preVote, .requestVote, .appendEntries, .heartbeat, .installSnapshot, .lossNotice:
    return false
  }
}

// MARK: - What must hold

extension World {
  private mutating func fail(_ invariant: Invariant, _ description: String) {
    if failure == nil { failure = Broken(invariant: invariant, description: description) }
  }

  private mutating func judgeElection(_ core: RaftCore) {
    let term = Int(core.term.rawValue)
    while leaders.count <= term { leaders.append(nil) }
    if let other = leaders[term], other != core.id {
      fail(.oneLeaderPerTerm, "\(other) and \(core.id) both lead term \(term)")
    }
    leaders[term] = core.id
    for one in committed where one.term < core.term && !core.log.holds(one.entry.position) {
      fail(
        .leaderCompleteness,
        "\(core.id) leads term \(term) without \(one.entry.position), committed before")
    }
  }

  private mutating func judgeCommit(_ core: RaftCore, after known: LogIndex) {
    for entry in core.log.entries(after: known, through: core.commitIndex) {
      let place = Int(entry.index.rawValue) - 1
      if place == committed.count {
        committed.append(Committed(entry: entry, term: core.term))
      } else if committed[place].entry != entry {
        fail(
          .sameCommandAtSameIndex,
          "\(core.id) commits \(entry.position); \(committed[place].entry.position) is committed"
        )
      }
    }
  }

  private mutating func judgeRead(_ read: ConfirmedRead, by node: NodeID) {
    guard let place = reads.firstIndex(where: { $0.id == read.id }) else { return }
    if read.index < reads[place].index {
      fail(
        .linearizable,
        "\(node) answers a read from \(read.index); \(reads[place].index) was committed before it")
    }
    reads.remove(at: place)
  }

  /// The same world, if the nodes had other names: `order[i]` is who becomes n*i+1*.
  func renamed(_ order: [Int]) -> World {
    var names = [NodeID](repeating: NodeID(0), count: count)
    for (new, old) in order.enumerated() { names[old] = NodeID(UInt64(new + 1)) }
    let renaming = Renaming(names)
    var world = self
    world.cores = order.map { cores[$0].renamed(renaming) }
    for (from, oldFrom) in order.enumerated() {
      for (to, oldTo) in order.enumerated() {
        let link = links[oldFrom * count + oldTo]
        world.links[from * count + to] = link.isEmpty ? [] : link.map { renaming($0) }
      }
    }
    world.leaders = leaders.map { $0.map { renaming($0) } }
    for place in committed.indices {
      world.committed[place].entry = renaming(committed[place].entry)
    }
    return world
  }
}
