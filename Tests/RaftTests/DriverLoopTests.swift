import Foundation
import Raft
import RunSupport
import Store
import Testing

/// The loop that the documentation of ``Effects`` gives as the whole contract of a core's caller.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DriverLoopTests {
  @Test func `the loop in the documentation is the one that these tests run`() throws {
    let harness = URL(filePath: #filePath).deletingLastPathComponent()
    let package = harness.deletingLastPathComponent().deletingLastPathComponent()
    let source = try String(
      contentsOf: package.appending(path: "Sources/Raft/Core/Effects.swift"), encoding: .utf8)
    let documented = source.components(separatedBy: "\n")
      .drop { $0 != "/// ```swift" }.dropFirst().prefix { $0 != "/// ```" }
      .map { String($0.dropFirst(4)) }
    let compiled = try String(
      contentsOf: harness.appending(path: "Harness/DriverLoop.swift"), encoding: .utf8)
    #expect(documented.count > 20)
    #expect(compiled == "import Raft\n\n" + documented.joined(separator: "\n") + "\n")
  }

  @Test func `three nodes driven by the loop agree on what their clients wrote`() {
    var cluster = DrivenCluster()
    cluster.elect(0)
    cluster.propose("a", at: 0)
    cluster.propose("b", at: 0)
    #expect(cluster.hosts.map(\.applied) == [["a", "b"], ["a", "b"], ["a", "b"]])
    cluster.propose("c", at: 1)
    #expect(cluster.hosts[1].refusals == [.notLeader(leader: NodeID(1))])
    cluster.read(ReadID(7), at: 0)
    #expect(cluster.hosts[0].answered == [ReadID(7)])
  }

  @Test func `nothing is committed before the disks have it`() {
    var cluster = DrivenCluster()
    cluster.elect(0)
    cluster.heldDisks = [1, 2]
    cluster.propose("a", at: 0)
    #expect(cluster.hosts[0].applied.isEmpty)
    cluster.heldDisks = [2]
    cluster.settle()
    #expect(cluster.hosts[0].applied == ["a"])
  }

  @Test func `a node that crashed is brought up to date, with a snapshot if it must`() {
    var cluster = DrivenCluster()
    cluster.elect(0)
    cluster.propose("a", at: 0)
    cluster.crash(2)
    cluster.isCutOff[2] = true
    for text in ["b", "c"] { cluster.propose(text, at: 0) }
    cluster.restart(2)
    #expect(cluster.hosts[2].applied == ["a", "b", "c"])

    cluster.isCutOff[2] = true
    for number in 0..<1_200 { cluster.propose("\(number)", at: 0) }
    cluster.hosts[0].takeSnapshot(term: cluster.cores[0].term)
    cluster.settle()
    cluster.crash(2)
    cluster.restart(2)
    #expect(cluster.hosts[2].applied == cluster.hosts[0].applied)
    #expect(cluster.cores[2].log.base.index > LogIndex(1_000))
    cluster.propose("last", at: 0)
    #expect(cluster.hosts[2].applied.last == "last")
  }
}

/// Three cores, each in the loop, with a network between their hosts that loses nothing.
private struct DrivenCluster {
  var cores: [RaftCore]
  let hosts: [MemoryHost]
  /// Disks that sync nothing for now.
  var heldDisks: Set<Int> = []
  var isCutOff = [false, false, false]

  init() {
    let members = Membership(voters: [NodeID(1), NodeID(2), NodeID(3)])
    hosts = (0..<3).map { _ in MemoryHost(members: members) }
    cores = (0..<3).map { DrivenCluster.core($0, .empty(members: members)) }
  }

  private static func core(_ node: Int, _ restored: RestoredState) -> RaftCore {
    var options = RaftOptions()
    options.seed = UInt64(node)
    return RaftCore(id: NodeID(UInt64(node + 1)), restored: restored, options: options)
  }

  /// Lets every node do what it is asked for until none has anything to do.
  mutating func settle() {
    repeat {
      for node in cores.indices {
        drive(&cores[node], with: hosts[node])
        if !heldDisks.contains(node) { hosts[node].sync() }
        deliver(from: node)
      }
    } while hosts.contains { !$0.inputs.isEmpty || !$0.sent.isEmpty }
  }

  private mutating func deliver(from node: Int) {
    let messages = hosts[node].sent
    hosts[node].sent = []
    for message in messages {
      let receiver = Int(message.to.rawValue) - 1
      let arrives = !isCutOff[node] && !isCutOff[receiver]
      if case .installSnapshot(let snapshot, _) = message.content {
        if arrives { hosts[receiver].states[snapshot] = hosts[node].states[snapshot] }
        hosts[node].inputs.append(.snapshotSent(message.to, arrived: arrives))
      }
      if arrives { hosts[receiver].inputs.append(.message(message)) }
    }
  }

  /// Time passes at one node, until it leads.
  mutating func elect(_ node: Int) {
    while cores[node].role != .leader {
      hosts[node].inputs.append(.tick)
      settle()
    }
  }

  mutating func propose(_ text: String, at node: Int) {
    hosts[node].inputs.append(.command(Array(text.utf8)))
    settle()
  }

  mutating func read(_ id: ReadID, at node: Int) {
    hosts[node].inputs.append(.read(id))
    settle()
  }

  mutating func crash(_ node: Int) {
    hosts[node].crash()
    cores[node] = DrivenCluster.core(node, hosts[node].disk.restored)
  }

  /// The node is reachable again, and hears of its leader.
  mutating func restart(_ node: Int) {
    isCutOff[node] = false
    for _ in 0..<3 {
      hosts[0].inputs.append(.tick)
      settle()
    }
  }
}
