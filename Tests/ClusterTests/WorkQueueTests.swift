import Foundation
import Raft
import RandomSupport
import RunSupport
import Store
import Testing
import WAL

@testable import Replication

/// A follower over a disk that is full now and then, which does what a node's thread does with
/// Raft's effects. Beside it a leader is played, as random as Raft allows it to be.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct WorkQueueTests {
  @Test(arguments: seeds + [3, 4, 5, 6, 7, 8])
  func `whatever leaves a node is on its disk, in whatever order it is full`(
    _ seed: UInt64
  ) throws {
    for round in 0..<UInt64(rounds(4)) {
      try play(seed &+ round &* 0x1_0000_0001)
    }
  }

  private func play(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let directory = NSTemporaryDirectory() + "work-queue-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var follower = try Follower(directory)
    var leader = PlayedLeader()
    for _ in 0..<40 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: follower.fullness.fill(random.oneIn(2) ? .log : .everything)
      case 1: follower.fullness.makeRoom()
      case 2: try follower.hear(leader.succeed(&random))
      case 3: try follower.hear(leader.askForVote(&random))
      case 4: try follower.install(leader, &random)
      case 5: try follower.tick()
      default: try follower.hear(leader.append(upTo: follower.node.core.log.lastIndex, &random))
      }
      try follower.check(against: leader, thoroughly: random.oneIn(8))
    }
    follower.fullness.makeRoom()
    try follower.tick()
    #expect(follower.queue.isEmpty)
    try follower.check(against: leader, thoroughly: true)
    let found = try follower.recovered()
    #expect(found.term == follower.node.core.term && found.vote == follower.node.core.vote)
    #expect(found.lastIndex == follower.node.core.log.lastIndex, "seed \(seed)")
  }
}

/// A leader of one term after the other, each with a log that begins with all that is committed.
private struct PlayedLeader {
  static let itself = NodeID(1)
  static let follower = NodeID(2)
  private(set) var term = Term(1)
  private(set) var log: [Entry] = []
  private(set) var committed = 0
  private var candidateTerm = Term(1)

  /// Another leader, which may not know of some that were not committed.
  mutating func succeed(_ random: inout SeededRandom) -> Message {
    term = Term(max(term.rawValue, candidateTerm.rawValue) + 1)
    log.removeLast(Int.random(in: 0...(log.count - committed), using: &random))
    extend(by: 1)
    return append(upTo: LogIndex(UInt64(log.count)), &random)
  }

  mutating func append(upTo last: LogIndex, _ random: inout SeededRandom) -> Message {
    extend(by: Int.random(in: 0...3, using: &random))
    committed = Int.random(in: committed...log.count, using: &random)
    let first = Int.random(in: 0...min(Int(last.rawValue), log.count), using: &random)
    let end = Int.random(in: first...log.count, using: &random)
    let previous = first == 0 ? LogPosition.zero : log[first - 1].position
    return message(
      .appendEntries(
        AppendEntries(
          previous: previous, entries: Array(log[first..<end]),
          commitIndex: LogIndex(UInt64(committed)), round: 1)))
  }

  /// A candidate of a later term, which need not win.
  mutating func askForVote(_ random: inout SeededRandom) -> Message {
    candidateTerm = Term(max(term.rawValue, candidateTerm.rawValue) + 1)
    return Message(
      from: NodeID(3), to: Self.follower, term: candidateTerm,
      content: .requestVote(
        VoteRequest(lastPosition: log.last?.position ?? .zero, isTransfer: true)))
  }

  /// The state at some committed entry.
  func snapshot(_ random: inout SeededRandom) -> (SnapshotMetadata, Message)? {
    if committed == 0 { return nil }
    let index = Int.random(in: 1...committed, using: &random)
    let metadata = SnapshotMetadata(
      position: log[index - 1].position, membership: Follower.members)
    return (metadata, message(.installSnapshot(metadata, round: 1)))
  }

  private func message(_ content: Message.Content) -> Message {
    Message(from: Self.itself, to: Self.follower, term: term, content: content)
  }

  private mutating func extend(by count: Int) {
    for _ in 0..<count {
      log.append(
        Entry(
          index: LogIndex(UInt64(log.count) + 1), term: term, kind: .command,
          payload: Array(#"{"do":"delete","key":"/key\#(log.count)"}"#.utf8)))
    }
  }
}

private struct Follower {
  static let members = Membership(voters: [NodeID(1), NodeID(2), NodeID(3)])
  let directory: String
  let fullness = Fullness()
  let disk: FillableDisk
  let journal: Journal
  let intake: SnapshotIntake
  var node: RaftNode
  var queue = WorkQueue()
  var isFull = false
  /// What has left the node since the last check, and how far it has applied.
  private var sent: [Message] = []
  private var applied = LogIndex.zero
  private var received: ReceivedState?

  init(_ directory: String) throws {
    self.directory = directory
    disk = FillableDisk(PosixDisk(path: directory), fullness)
    intake = SnapshotIntake(disk, [])
    journal = try Journal.open(disk, identity: .random(node: "node2"), receivesSnapshots: true) {
      (_) throws(JournalError) in
    }.journal
    node = RaftNode(id: PlayedLeader.follower, restored: .empty(members: Self.members))
  }

  mutating func hear(_ message: Message) throws {
    node.step(message)
    try work()
  }

  mutating func tick() throws {
    if isFull { try advance() }
    try work()
  }

  /// As a node's thread does it.
  mutating func work() throws {
    while true {
      let result = node.takeEffects()
      queue.add(result, result.effects.snapshot == nil ? nil : received.take())
      if !isFull { try advance() }
      #expect(node.core.violation == nil)
      guard result.effects.mustPersist && !isFull else { return }
    }
  }

  private mutating func advance() throws {
    while let work = queue.first {
      if work.effects.mustPersist {
        do throws(JournalError) { try queue.write(to: journal) } catch {
          guard case .noSpace = error else { throw error }
          isFull = true
          return
        }
        node.persisted(through: work.effects.batch)
      }
      _ = queue.removeFirst()
      sent += work.effects.messagesAfterPersisting
      if let received = work.received { applied = received.file.record.index }
      for application in work.result.applications {
        #expect(application.entry.index == applied + 1)
        applied = application.entry.index
      }
    }
    isFull = false
  }

  /// The leader's snapshot comes in pieces, and is then heard of.
  mutating func install(_ leader: PlayedLeader, _ random: inout SeededRandom) throws {
    guard let (metadata, message) = leader.snapshot(&random) else { return }
    let source = PosixDisk(path: directory + "-leader")
    defer { try? FileManager.default.removeItem(atPath: directory + "-leader") }
    try source.makeDirectory()
    var writer = try SnapshotWriter(
      source, index: metadata.position.index, term: metadata.position.term)
    try writer.append { $0.append(Roster(cluster: 1), metadata.membership) }
    try KeyValueStore().snapshot().write(to: &writer) { false }
    let record = try writer.finish()
    let bytes = try SnapshotSource(source, record).piece(at: 0, limit: 1 << 20)
    var snapshot: ReceivedState?
    var offset = 0
    while offset < bytes.count {
      let end = min(bytes.count, offset + Int.random(in: 1...200, using: &random))
      let head = PieceHead(
        identity: PeerIdentity(cluster: 1, from: message.from, incarnation: 1, to: message.to),
        term: message.term, round: 1, membership: metadata.membership, record: record,
        offset: offset)
      do throws(JournalError) { snapshot = try intake.take(head, Array(bytes[offset..<end])) } catch
      {
        guard case .noSpace = error else { throw error }
        return
      }
      offset = end
    }
    let received = try #require(snapshot)
    var declined: ReceivedState? = received
    if !isFull {
      self.received = received
      try hear(message)
      declined = self.received.take()
    }
    declined?.file.remove(from: disk)
  }

  /// What a process that starts in this place would find: in a copy, since this one has the lock.
  func recovered() throws -> Contents {
    let copy = directory + "-copy"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: directory, toPath: copy)
    let (journal, recovered) = try Journal.open(
      PosixDisk(path: copy), identity: .random(node: "node2"), receivesSnapshots: true
    ) { (_) throws(JournalError) in }
    return Contents(
      term: journal.hardState.term, vote: journal.hardState.vote.map { NodeID($0) },
      lastIndex: journal.lastIndex, start: journal.snapshot?.index ?? .zero,
      terms: recovered.entries.map(\.term))
  }

  struct Contents {
    let term: Term
    let vote: NodeID?
    let lastIndex: LogIndex
    let start: LogIndex
    /// Of the entries behind the snapshot.
    let terms: [Term]

    func holds(_ entry: Entry) -> Bool {
      if entry.index <= start { return true }
      let place = Int(entry.index.rawValue - start.rawValue) - 1
      return place < terms.count && terms[place] == entry.term
    }
  }

  /// Compares what has left the node with what is on its disk.
  mutating func check(against leader: PlayedLeader, thoroughly: Bool) throws {
    let messages = sent
    sent = []
    #expect(applied <= journal.lastIndex)
    for message in messages { #expect(message.term <= journal.hardState.term) }
    let names = try disk.list().filter { $0.hasSuffix(".tmp") && $0.hasPrefix("snapshot") }
    #expect(names.isEmpty || isFull, "\(names)")
    guard thoroughly else { return }
    let found = try recovered()
    #expect(applied <= found.lastIndex)
    for message in messages where message.term == found.term {
      switch message.content {
      case .voteReply(granted: true): #expect(found.vote == message.to)
      case .appendReply(let reply):
        guard case .accepted(let index) = reply.result, index > .zero,
          message.term == leader.term
        else { break }
        #expect(found.holds(leader.log[Int(index.rawValue) - 1]), "\(index) is not there")
      default: break
      }
    }
  }
}
