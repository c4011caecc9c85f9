import Bytes
import Raft
import Store
import Synchronization

// What a node has to know before it answers its first client.
//
// A node that starts knows how far its log goes, and not how much of it is committed: the commit
// index is written only along with other things. While it finds out, its store runs through the
// past, from the snapshot on. A client that read then would see time run backwards, and a watcher
// would be told of changes of long ago as the next ones. So a node serves its store from the moment
// when
//
// | | it has applied | then it is not behind |
// | --- | --- | --- |
// | on its own | all of its own log: see ``RestoredState/commitOwn(of:)`` | anything at all |
// | usually | what a leader, asked after the start, says is committed | anything that was acknowledged before that |
// | without a leader | all of its own log as it was opened | anything it had shown before it stopped |
//
// The second is what a linearizable read asks for, and what etcd waits for when a member publishes
// itself. The third is for a member that finds no leader: what it has shown it had applied, and
// what it had applied was durable. It need not be committed all of it, and if it is not, the member
// cannot tell.

/// Whether a node may serve its store, and the clients that wait for it.
struct StartInProgress {
  /// Where the log ended when it was opened.
  let openedIndex: LogIndex
  var isDone = false
  private var waiting: [PendingRead] = []

  init(openedIndex: LogIndex) { self.openedIndex = openedIndex }

  mutating func add(_ read: PendingRead) { waiting.append(read) }

  mutating func takeLate(at now: UInt64) -> [PendingRead] {
    defer { waiting.removeAll { $0.deadline < now } }
    return waiting.filter { $0.deadline < now }
  }

  mutating func takeAll() -> [PendingRead] {
    defer { waiting.removeAll() }
    return waiting
  }
}

extension Replica {
  /// Lets a client wait until the store may be served.
  func acceptStart(_ read: PendingRead) {
    if start.isDone { answers.add(read) } else { start.add(read) }
  }

  /// Asks how far the log is committed, as long as that is not known.
  func seeToStart() {
    if start.isDone { return }
    let hasNoLeader = node.core.leader == nil && now >= 2 * UInt64(node.core.options.electionTicks)
    if hasNoLeader, start.openedIndex > .zero, store.appliedIndex >= start.openedIndex {
      log(
        .info(
          "serving",
          ["applied": store.appliedIndex, "reason": "there is no leader, and the log is applied"]))
      return beginServing()
    }
    if reads.isEmpty { reads.add(PendingRead(reply: nil, deadline: deadline)) }
    for read in start.takeLate(at: now) {
      answers.add(read, .notAccepted(unavailableReason ?? startingReason))
    }
  }

  /// A node whose vote is the only one knows at once how far the log is committed.
  func startIfAlone() {
    guard isSoleVoter, store.appliedIndex == node.core.log.lastIndex else { return }
    noteUpToDate()
    if isOnlyMember { board.isAlone.store(true, ordering: .releasing) }
  }

  /// A node without others need not wait for the word of a leader: there is none.
  func campaignIfAlone() {
    guard isSoleVoter else { return }
    for _ in 0..<2 * node.core.options.electionTicks where node.core.role == .follower {
      node.tick()
    }
  }

  /// A leader has said how far the log is committed, and that is applied.
  func noteUpToDate() {
    if start.isDone { return }
    log(.info("serving", ["applied": store.appliedIndex]))
    beginServing()
  }

  private func beginServing() {
    start.isDone = true
    board.isStarted.store(true, ordering: .releasing)
    for read in start.takeAll() { answers.add(read) }
  }

  private var startingReason: String {
    node.core.leader == nil ? "there is no leader" : NodeStatus.starting
  }
}
