import Bytes
import HTTP
import HTTPAPI
import JSON
import Loop
import Raft
import RunSupport
import Store
import Synchronization
import Testing

@testable import Cluster
@testable import Replication

/// How a link ends: that of a member which was removed.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PeerLinkTests {
  /// Operations that a link has said never arrived.
  private final class Losses: Sendable {
    private let count = Atomic(0)
    var total: Int { count.load(ordering: .relaxed) }
    func add(_ messages: [PeerMessage]) {
      for case .forwarded(_, let count, .notNow) in messages {
        self.count.add(count, ordering: .relaxed)
      }
    }
  }

  private func context(_ losses: Losses) -> PeerContext {
    let time = ClusterTime(SteadyTime())
    let status = NodeStatus(
      id: NodeID(1), name: "node1", incarnation: 1, roster: Roster(), unlistedMembers: [],
      membership: Membership(voters: [NodeID(1), NodeID(2)]), term: Term(1),
      leaderSince: time.now, startTime: time.now)
    return PeerContext(
      id: NodeID(1), incarnation: 1, token: nil, initialNames: nil, board: StatusBoard(status),
      time: time, log: { _ in }, answer: { losses.add($1) }, onRemoval: { _ in }, onLoss: {},
      slowestLink: 1_000)
  }

  private func messages(_ number: UInt64) -> PendingMessages {
    PendingMessages(bytes: Array(#"{"t":"\#(number)"}"#.utf8), forwarded: [number..<(number + 1)])
  }

  /// The link's life, with two messages that wait when it is closed.
  private func close(_ address: HostPort, on loop: EventLoop, _ losses: Losses) async {
    let target = PeerTarget(NodeID(2))
    target.aim("node2", [address])
    let link = PeerLink(target, .control, context(losses))
    link.send(messages(1))
    link.send(messages(2))
    target.close()
    link.close()
    await loop.run { await link.run() }
  }

  @Test func `a link that is closed sends what waits, and ends when that is answered`()
    async throws
  {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let (doorway, peer, losses) = (try Doorway(on: loop), Peer(), Losses())
    doorway.open(peer)
    await close(HostPort(host: "127.0.0.1", port: doorway.port), on: loop, losses)
    #expect(peer.messages == #"{"t":"1"},{"t":"2"}"# && losses.total == 0)
  }

  @Test func `a link that is closed ends when the peer is not there`() async throws {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let losses = Losses()
    // Nothing listens on port 1.
    await close(HostPort(host: "127.0.0.1", port: 1), on: loop, losses)
    #expect(losses.total == 2)
  }

  @Test func `a link leaves the server that answers where its peer was`() async throws {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let (old, new, peer) = (try Doorway(on: loop), try Doorway(on: loop), Peer())
    new.open(peer)
    let target = PeerTarget(NodeID(2))
    let link = PeerLink(target, .control, context(Losses()))
    target.aim("node2", [HostPort(host: "127.0.0.1", port: old.port)])
    let running = Task { await loop.run { await link.run() } }
    link.send(messages(0))
    while target.roundTrips.figures.failures == 0 {
      try await Task.sleep(for: .milliseconds(1))
    }
    // Its connection is still open, and leads to the server that refused that.
    target.aim("node2", [HostPort(host: "127.0.0.1", port: new.port)])
    var number: UInt64 = 1
    while peer.messages.isEmpty {
      link.send(messages(number))
      number += 1
      try await Task.sleep(for: .milliseconds(1))
    }
    target.close()
    link.close()
    await running.value
  }

  /// Takes what it is sent.
  private final class Peer: Handler {
    private let taken = Mutex<[String]>([])
    var messages: String { taken.withLock { $0.joined(separator: ",") } }

    func respond(to request: Request, with response: Response) async throws {
      let value = try jsonObject(request.body)
      let texts = try #require(value["messages"]).elements.compactMap { $0["t"]?.string }
      taken.withLock { $0 += texts.map { #"{"t":"\#($0)"}"# } }
      response.status = .noContent
    }
  }
}
