import DiskSimulation
import HTTPAPI
import Raft
import RunSupport
import Store
import Synchronization
import Testing
import WAL

@testable import RaftSimulation
@testable import ReplicaSimulation
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct ReplicaTests {
  private let cluster = VirtualCluster()

  private func startLed() throws -> (leader: VirtualNode, followers: [VirtualNode]) {
    try cluster.startAll()
    try cluster.tick { cluster.names.allSatisfy { cluster[$0].replica.roster.cluster != nil } }
    let leader = try #require(cluster.leader)
    return (leader, cluster.names.map { cluster[$0] }.filter { $0 !== leader })
  }

  @Test func `a write is answered where it was asked for, once it is applied there`() throws {
    let (leader, followers) = try startLed()
    let own = try leader.put("a", "1")
    let others = try followers.map { try $0.put("b", "2") }
    try cluster.tick(2)
    #expect(own.isSuccess && others.allSatisfy(\.isSuccess))
    #expect(leader.value("a") == "1")
    for follower in followers { #expect(follower.value("b") == "2") }
  }

  @Test func `a write is answered before its watchers are told, on every node`() throws {
    let (leader, followers) = try startLed()
    let nodes = [leader] + followers
    let story = Story()
    for node in nodes { node.store.observe(Teller(node.name, in: story)) }
    for (number, node) in nodes.enumerated() {
      story.lines.withLock { $0 = [] }
      let reply = WriteReply.call { _ in story.lines.withLock { $0.append("answered") } }
      try node.replica.hear(.write(.command(try VirtualNode.put("a", "\(number)")), reply))
      try cluster.tick(2)
      let lines = story.lines.withLock { $0 }
      #expect(lines.sorted() == ["answered"] + cluster.names)
      // The others' watchers may have been told before.
      #expect(lines.filter { $0 == "answered" || $0 == node.name } == ["answered", node.name])
    }
  }

  @Test func `a read at a follower sees what another node acknowledged`() throws {
    let (leader, followers) = try startLed()
    // The follower hears nothing of the write.
    let write = try leader.put("a", "1")
    let deaf = followers[0]
    try cluster.tick(1) { $0.to != deaf.id }
    #expect(write.isSuccess && deaf.value("a") == nil)
    let read = try deaf.read()
    try cluster.tick(1) { $0.to != deaf.id }
    #expect(read.result == nil)
    try cluster.tick(20)
    #expect(read.isSuccess && deaf.value("a") == "1")
  }

  @Test func `a read at a follower waits for messages, and not for time`() throws {
    let (_, followers) = try startLed()
    for follower in followers {
      let read = try follower.read()
      try cluster.run()
      #expect(read.isSuccess)
    }
  }

  @Test func `a write forwarded to a leader that is gone goes to the next one`() throws {
    let (leader, followers) = try startLed()
    let name = leader.replica.identity.name
    cluster.kill(name)
    let write = try followers[0].put("a", "1")
    try cluster.tick { write.result != nil }
    #expect(write.isSuccess && followers[0].value("a") == "1")
  }

  @Test func `a write whose answer is lost is unknown, and not repeated`() throws {
    let (leader, followers) = try startLed()
    let write = try followers[0].put("a", "1")
    try cluster.tick(2) { $0.to != followers[0].id }
    #expect(leader.value("a") == "1")
    cluster.kill(leader.replica.identity.name)
    try cluster.tick { write.result != nil }
    guard case .unknown? = write.error else {
      Issue.record("answered \(String(describing: write.result))")
      return
    }
    let index = followers[1].store.storeIndex
    try cluster.tick(50)
    #expect(followers[1].store.storeIndex == index)
  }

  @Test func `every member's description reaches the log`() throws {
    let (leader, _) = try startLed()
    try cluster.tick { leader.replica.roster.members.allSatisfy { $0.incarnation != nil } }
    #expect(leader.replica.roster.members.map(\.urls).allSatisfy { $0.count == 1 })
  }

  @Test func `the log that people are shown has no incarnations`() throws {
    let (leader, followers) = try startLed()
    try cluster.tick { leader.replica.roster.members.allSatisfy { $0.incarnation != nil } }
    let said = #""incarnation":"abc""#
    _ = try leader.put("said", said)
    try leader.replica.hear(.write(.remove(followers[0].id), .call { _ in }))
    try cluster.tick(2)
    let tail = leader.replica.tail()
    let text = tail.entries.map { String(decoding: $0.payload, as: UTF8.self) }.joined()
    for node in [leader] + followers {
      #expect(!text.contains(String(node.incarnation, radix: 16)))
      #expect(text.contains(#""name":"\#(node.name)""#))
    }
    #expect(text.contains(#""incarnation":"""#) && text.contains(#"\"incarnation\":\"abc\""#))
  }

  @Test func `a full disk refuses writes and answers reads, until there is room`() throws {
    let (leader, followers) = try startLed()
    let first = try leader.put("a", "1")
    try cluster.tick(2)
    #expect(first.isSuccess)
    let full = followers[0]
    full.disk.room = 10
    let write = try leader.put("b", "2")
    try cluster.tick(2)
    #expect(write.isSuccess && full.value("b") == nil)
    let refused = try full.put("c", "3")
    try full.turn()
    #expect(refused.error == .notAccepted(NodeStatus.diskFull))
    full.disk.room = .max
    try cluster.tick { full.value("b") == "2" }
    let again = try full.put("c", "3")
    try cluster.tick(3)
    #expect(again.isSuccess)
  }

  /// A leader's snapshot has come meanwhile. That says nothing of the disk.
  @Test func `a snapshot that is not wanted any more does not count as a failed one`() throws {
    for name in cluster.names { try cluster.start(name) { $0.snapshotCount = 5 } }
    try cluster.tick { cluster.leader != nil }
    let leader = try #require(cluster.leader)
    let first = try nextSnapshot(of: leader)
    try leader.replica.hear(.snapshotWritten(first.metadata, .success(first.record)))
    let adopted = try #require(first.record)
    #expect(leader.replica.journal.snapshot?.index == adopted.index)
    for (record, how) in [(nil, "it was called off"), (adopted, "one as new was adopted")] {
      let metadata = try nextSnapshot(of: leader).metadata
      var expected = leader.replica.node
      expected.snapshotCalledOff()
      try leader.replica.hear(.snapshotWritten(metadata, .success(record)))
      let isSame = leader.replica.node == expected
      #expect(isSame, "\(how)")
    }
  }

  @Test func `a node that is to stop begins no snapshot, for which it would have to wait`() throws {
    for name in cluster.names { try cluster.start(name) { $0.snapshotCount = 5 } }
    try cluster.tick { cluster.leader != nil }
    let node = try #require(cluster.leader)
    _ = try nextSnapshot(of: node)
    try cluster.tick()
    try node.replica.hear(.snapshotWritten(node.replica.node.core.log.snapshot, .success(nil)))
    for _ in 0..<10 { _ = try node.put("a", "1") }
    // It hears that they are committed when it is to stop.
    var held: [VirtualCluster.Envelope] = []
    try cluster.tick(1) { envelope in
      if envelope.to == node.id { held.append(envelope) }
      return envelope.to != node.id
    }
    for envelope in held {
      let messages = try PeerMessage.list(
        envelope.sent.messages.bytes, from: envelope.from, to: node.id)
      try node.replica.hear(.peer(envelope.from, messages))
    }
    try node.replica.hear(.close(.call { _ in }))
    try node.turn()
    #expect(node.replica.isClosed && node.replica.snapshots.beingWritten == nil)
  }

  /// Writes until the node takes a snapshot, of which it does not hear yet.
  private func nextSnapshot(
    of node: VirtualNode
  ) throws -> (metadata: SnapshotMetadata, record: SnapshotRecord?) {
    for _ in 0..<50 {
      _ = try node.put("a", "1")
      try cluster.tick()
      let background = node.host.background
      node.host.background = []
      for work in background {
        if case .snapshotWritten(let metadata, let result) = work() {
          return (metadata, try result.get())
        }
      }
    }
    fatalError("it takes none")
  }

  @Test func `a stop in good order hands leadership on, and refuses what comes later`() throws {
    let (leader, followers) = try startLed()
    try leader.replica.hear(.drain(.call { _ in }))
    let late = try leader.put("a", "1")
    try cluster.tick(3)
    #expect(late.error == .notAccepted(ReplicaInput.stopping))
    #expect(leader.replica.node.core.role == .follower)
    let write = try followers[0].put("a", "2")
    try cluster.tick(3)
    #expect(write.isSuccess)
  }

  @Test func `a node that starts again serves its store when it knows what is committed`() throws {
    // By name: a node that is referred to keeps its directory locked.
    let leader = try startLed().leader.replica.identity.name
    let write = try cluster[leader].put("a", "1")
    try cluster.tick(2)
    #expect(write.isSuccess)
    let name = try #require(cluster.names.first { $0 != leader })
    cluster.kill(name)
    try cluster.start(name)
    let node = cluster[name]
    let started = Answer<Void>()
    try node.replica.hear(.start(started.reply))
    try node.turn()
    #expect(started.result == nil && !node.replica.start.isDone)
    try cluster.tick(20)
    #expect(started.isSuccess && node.value("a") == "1")
  }

  @Test func `the same inputs give the same messages, byte for byte`() throws {
    func run(_ seed: UInt64) throws -> [UInt8] {
      let cluster = VirtualCluster(seed: seed)
      try cluster.startAll()
      try cluster.tick(40)
      let writes = try cluster.names.map { try cluster[$0].put("key-\($0)", $0) }
      let reads = try cluster.names.map { try cluster[$0].read() }
      try cluster.tick(5)
      #expect(writes.allSatisfy(\.isSuccess) && reads.allSatisfy(\.isSuccess))
      return cluster.record
    }
    let first = try run(5)
    #expect(try run(5) == first)
    #expect(try run(6) != first)
  }

  @Test func `a member that has moved is answered where another member says that it is`() throws {
    let (leader, followers) = try startLed()
    var moved = try #require(followers[0].replica.roster[leader.id])
    let known = moved.urls
    moved.urls = ["http://elsewhere:1"]
    try followers[0].replica.hear(.introduced([moved]))
    let target = try #require(followers[0].host.members.first { $0.id == leader.id })
    #expect(target.urls == known + moved.urls)
    // One that knows less takes nothing back.
    moved.urls = known
    try followers[0].replica.hear(.introduced([moved]))
    let still = try #require(followers[0].host.members.first { $0.id == leader.id })
    #expect(still.urls == target.urls)
  }

  /// The removal may be overwritten, by that very member as a leader: it has to be answered.
  @Test func `a node that starts again reaches a member whose removal may not be committed`() throws
  {
    let (leader, followers) = try startLed()
    let last = leader.replica.node.core.log.lastIndex
    try leader.replica.hear(.write(.remove(followers[0].id), .call { _ in }))
    try leader.turn()
    cluster.kill(leader.name)
    try cluster.start(leader.name)
    let again = cluster[leader.name]
    #expect(again.replica.node.core.log.lastIndex == last + 1)
    #expect(Set(again.host.members.map(\.id)) == Set(([leader] + followers).map(\.id)))
  }

  @Test func `what a member says of itself late does not undo where it was moved`() throws {
    let (leader, followers) = try startLed()
    try cluster.tick { leader.replica.roster.members.allSatisfy { $0.incarnation != nil } }
    let member = try #require(leader.replica.roster[followers[0].id])
    func apply(_ operation: Replication.Operation) throws -> MemberRecord? {
      try leader.replica.hear(.write(operation, .call { _ in }))
      try cluster.tick(2)
      return leader.replica.roster[member.id]
    }
    var moved = member
    moved.urls = ["http://elsewhere:1"]
    #expect(try apply(.describe(moved)) == moved)
    #expect(try apply(.describe(member, known: member.urls)) == moved)
    #expect(try apply(.describe(member, known: moved.urls)) == member)
    // Members know where they were known.
    #expect(String(decoding: cluster.record, as: UTF8.self).contains(#","known":["http://node"#))
  }

  @Test func `a node that starts again knows at once who has lost its memory`() throws {
    let (leader, followers) = try startLed()
    try cluster.tick {
      followers.allSatisfy { node in
        node.replica.roster.members.allSatisfy { $0.incarnation != nil }
      }
    }
    let (name, id) = (followers[0].name, followers[0].id)
    let strangers = [leader, followers[1]].map { node in
      var stranger = node.identity(to: id)
      stranger.incarnation += 1
      stranger.cluster = nil
      return stranger
    }
    cluster.kill(name)
    // It has applied only what it knew to be committed, and heard nothing yet.
    try cluster.start(name)
    for stranger in strangers { #expect(cluster[name].objection(to: stranger) == .lostMemory) }
  }
}

/// What happened, in order.
private final class Story: Sendable {
  let lines = Mutex<[String]>([])
}

/// Says when those who watch a node are told of something.
private final class Teller: StoreObserver {
  private let name: String
  private let story: Story
  private let hasNews = Mutex(false)

  init(_ name: String, in story: Story) { (self.name, self.story) = (name, story) }

  func record(_ event: Store.Event) { hasNews.withLock { $0 = true } }
  func recordStart(at index: StoreIndex) {}

  func deliver() {
    let hadNews = hasNews.withLock { hasNews in
      defer { hasNews = false }
      return hasNews
    }
    if hadNews { story.lines.withLock { $0.append(name) } }
  }
}
