import Foundation
import HTTP
import JSON
import RunSupport
import Testing

/// Machines that join while the members are stopped and go on, so that answers are lost.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct PausedJoinTests {
  /// `MINI_ETCD_JOIN_ROUNDS=20 swift test --filter PausedJoinTests` searches for longer.
  private static let rounds =
    ProcessInfo.processInfo.environment["MINI_ETCD_JOIN_ROUNDS"].flatMap { Int($0) } ?? 3

  private let asking: Asking

  init() throws { asking = try Asking() }

  @Test
  func `a machine whose answers are lost becomes one member, keeps its id, and ends when removed`()
    async throws
  {
    let cluster = try await ThreeMembers(asking)
    _ = try await cluster.leader()
    for round in 1...Self.rounds {
      let machine = Machine("m\(round)", cluster, try ScratchDirectory())
      // Asks, and is killed before or after it is told.
      for attempt in 0..<6 {
        let child = try machine.start(asking: attempt)
        await pause(cluster.members)
        await child.end(by: SIGKILL)
      }
      var child = try machine.start(asking: 0)
      _ = try await child.port()
      let ids = try await ids(of: machine.name, in: cluster)
      #expect(ids.count == 1, "round \(round): \(ids)")
      for attempt in 1...2 {
        await child.end(by: attempt == 1 ? SIGTERM : SIGKILL)
        child = try machine.start(asking: attempt)
        _ = try await child.port()
        let own = try await asking.ask(.get, "/v2/stats/self", on: machine.port)
        let id = try JSONDocument(Array(own.text.utf8)).root["id"]?.string
        #expect(id == ids.first, "round \(round)")
      }
      #expect(try await self.ids(of: machine.name, in: cluster) == ids)
      for id in ids {
        let answer = try await asking.ask(
          .delete, "/v2/members/\(id)", on: cluster.members[0].port)
        #expect(answer.status == 204, "\(answer.text)")
      }
      #expect(await child.end() == 0, "round \(round): a removed node must end by itself")
    }
    for member in cluster.members { await member.child.end(by: SIGKILL) }
  }

  /// Stops each member for a moment, one after the other, in any order.
  private func pause(_ members: [ThreeMembers.Member]) async {
    for member in members.shuffled() {
      Foundation.kill(member.child.id, SIGSTOP)
      try? await Task.sleep(for: .milliseconds(.random(in: 5...80)))
      Foundation.kill(member.child.id, SIGCONT)
      try? await Task.sleep(for: .milliseconds(.random(in: 0...60)))
    }
  }

  /// The ids that the members have for a machine.
  private func ids(of name: String, in cluster: ThreeMembers) async throws -> Set<String> {
    var ids: Set<String> = []
    for member in cluster.members {
      // Linearizable: what the log had when the question came is in the list afterwards.
      while try await asking.ask(.get, "/get?key=x", on: member.port).status != 200 {}
      let answer = try await asking.ask(.get, "/v2/members", on: member.port)
      let list = try #require(JSONDocument(Array(answer.text.utf8)).root["members"])
      for listed in list.elements {
        if listed["name"]?.string == name, let id = listed["id"]?.string { ids.insert(id) }
      }
    }
    return ids
  }

  /// A machine with a directory and a port, on which a node is started again and again.
  private struct Machine {
    let name: String
    let port: UInt16
    private let directory: ScratchDirectory
    private let members: [(name: String, port: UInt16)]

    init(_ name: String, _ cluster: ThreeMembers, _ directory: ScratchDirectory) {
      self.name = name
      self.directory = directory
      port = freePorts(1)[0]
      members = cluster.members.map { ($0.name, $0.port) }
    }

    /// - Parameter first: the place of the member that is asked first.
    func start(asking first: Int) throws -> Child {
      let order = members[(first % members.count)...] + members[..<(first % members.count)]
      let addresses = members + [(name, port)]
      return try Child(
        "mini-etcd",
        [
          "-id", name, "-join", "-peers", order.map(\.name).joined(separator: ","),
          "-peer-addrs", addresses.map { "\($0.name)=127.0.0.1:\($0.port)" }.joined(separator: ","),
          "-listen", "127.0.0.1:\(port)", "-data-dir", directory.path,
        ])
    }
  }
}
