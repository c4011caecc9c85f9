import EtcdV2
import RunSupport
import Store
import Synchronization
import Testing

@testable import Cluster
@testable import Replication

/// Three nodes whose clocks are an hour apart. Time passes when it is told to, so nothing here
/// depends on how long a test takes.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ClocksTests {
  private static let names = ["node1", "node2", "node3"]
  private static let hour: Int64 = 3_600

  /// What passes for all of them.
  private final class Passing: Sendable {
    private let seconds = Mutex<Int64>(1_767_225_600)
    var now: Int64 { seconds.withLock { $0 } }
    func pass(seconds passed: Int64) { seconds.withLock { $0 += passed } }
  }

  private struct WrongClock: TimeSource {
    let passing: Passing
    let error: Int64
    var now: Timestamp { Timestamp(microseconds: (passing.now + error) * 1_000_000) }
  }

  /// A cluster, its clocks, and its nodes by name as they stop and start.
  private final class Scene {
    let cluster: TestCluster
    let passing = Passing()
    var errors: [String: Int64]
    var nodes: [String: TestNode] = [:]

    init(_ errors: [Int64]) throws {
      cluster = try TestCluster()
      self.errors = Dictionary(uniqueKeysWithValues: zip(names, errors))
    }

    func start(
      _ name: String, snapshotInterval: UInt64 = 100_000, electionTimeout: Duration? = nil
    ) async throws {
      nodes[name] = try await cluster.start(
        name, peers: names.filter { $0 != name }, snapshotInterval: snapshotInterval,
        electionTimeout: electionTimeout,
        time: WrongClock(passing: passing, error: errors[name] ?? 0))
    }

    /// The leader, once there is one that has committed something.
    func leader() async throws -> TestNode {
      while true {
        guard let node = nodes.values.first(where: \.isLeader) else {
          await Task.yield()
          continue
        }
        if (try? await node.node.barrier()) != nil, node.isLeader { return node }
      }
    }

    func stopAll() async {
      for node in nodes.values { await node.stop() }
      nodes = [:]
    }
  }

  private func put(_ key: String, ttl: Int64, at node: TestNode) async throws -> Timestamp {
    let path = try Path(Array("/\(key)".utf8))
    let outcome = try await node.node.propose(Put(path, [], timeToLive: ttl))
    return try #require(try outcome.result.get().first?.node?.expiration)
  }

  /// How many seconds are left until `deadline`, as `node` tells the time.
  private func secondsLeft(until deadline: Timestamp, at node: TestNode) -> Double {
    Double(deadline.microseconds - node.node.time.now.microseconds) / 1_000_000
  }

  @Test func `a key lives on as long as it should when leaders with other clocks follow`()
    async throws
  {
    let scene = try Scene([0, Self.hour, -Self.hour])
    for name in Self.names { try await scene.start(name) }
    let deadline = try await put("key", ttl: 100, at: try await scene.leader())
    var leaders: Set<String> = []
    for round in 0..<9 where round < 3 || leaders.count < 3 {
      let leader = try await scene.leader()
      leaders.insert(leader.name)
      // No time has passed, and so nothing is left for any tolerance.
      #expect(secondsLeft(until: deadline, at: leader) == 100, "\(leader.name) in round \(round)")
      scene.nodes[leader.name] = nil
      if round % 2 == 0 {
        await leader.stop()
        _ = try await scene.leader()
        try await scene.start(leader.name)
      } else {
        // It comes back at once and asks for votes before the others do: it hears no leader, and
        // has nothing but its own clock and what those say who vote for it.
        await leader.crash()
        try await scene.start(leader.name, electionTimeout: .milliseconds(200))
      }
      try await scene.nodes[leader.name]?.node.started()
    }
    scene.passing.pass(seconds: 100)
    let left = secondsLeft(until: deadline, at: try await scene.leader())
    #expect(abs(left) <= 1, "a leader approaches its own clock by a hundredth of what passes")
    await scene.stopAll()
  }

  @Test(arguments: [5, 100_000] as [UInt64])
  func `a cluster that comes back with its clocks set back goes on from the newest time in its log`(
    _ snapshotInterval: UInt64
  ) async throws {
    let scene = try Scene([0, 0, 0])
    for name in Self.names { try await scene.start(name, snapshotInterval: snapshotInterval) }
    var node = try await scene.leader()
    scene.passing.pass(seconds: 50)
    let deadline = try await put("key", ttl: 100, at: node)
    for number in 1...20 { try await node.put("other", "\(number)") }
    await scene.stopAll()
    scene.errors = scene.errors.mapValues { $0 - Self.hour }
    for name in Self.names { try await scene.start(name, snapshotInterval: snapshotInterval) }
    node = try await scene.leader()
    #expect(secondsLeft(until: deadline, at: node) == 100)
    await scene.cluster.journalist.wait(
      for: "node=\(node.name)", "event=clock_behind_log", "milliseconds=3600000")
    #expect(try await put("new", ttl: 100, at: node) == deadline)
    await scene.stopAll()
  }

  @Test func `the newest stamp counts also where it is not applied yet`() async throws {
    let cluster = try TestCluster()
    let passing = Passing()
    // Alone in the world: what it writes is applied when it leads, and not before.
    var node = try await cluster.start("node1", time: WrongClock(passing: passing, error: 0))
    let deadline = try await put("key", ttl: 100, at: node)
    await node.crash()
    node = try await cluster.start("node1", time: WrongClock(passing: passing, error: -Self.hour))
    #expect(try await put("new", ttl: 100, at: node) == deadline)
    await node.stop()
  }
}
