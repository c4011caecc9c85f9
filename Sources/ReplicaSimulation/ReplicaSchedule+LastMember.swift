import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store

// What an operator does when a majority is lost for good.

extension ReplicaSchedule {
  /// In some runs all members but one are lost when all is at rest. An operator makes the one that
  /// is left a cluster of its own, and adds another member: nothing that was acknowledged is lost.
  ///
  /// - Returns: whether it was so.
  func loseMajority() throws -> Bool {
    let members = hosts.indices.filter { place in
      guard let node = hosts[place].node else { return false }
      return node.status.roster[node.id] != nil
    }
    guard members.count > 1, random.chance(200) else { return false }
    let last = members[random.next(below: members.count)]
    tell("all are lost but \(hosts[last].name)")
    counts["lost majorities", default: 0] += 1
    for place in hosts.indices {
      crash(place, losingPower: random.chance(500))
      hosts[place].returns = nil
      hosts[place].isGone = place != last
    }
    try decreeCluster(of: last)
    return true
  }

  private func decreeCluster(of place: Int) throws {
    let cluster = random.next() | 1
    do {
      tell(
        try OperatorDecision.newCluster(
          on: hosts[place].disk, at: "the directory", cluster: cluster,
          registry: VirtualNode.registry, applyingTo: KeyValueStore(), sections: []))
    } catch { throw failure(.comesToRest, "\(hosts[place].name) gets no cluster: \(error)") }
    hosts[place].disk = hosts[place].disk.afterKill()
    // The log it goes on with says of the lost members' entries only what they came to.
    committed = [:]
    hosts[place].isAlone = true
    hosts[place].joins = false
    hosts[place].joined = nil
    hosts[place].returns = round + 1
    wantToJoin(cluster, "node\(hosts.count + 1)", at: nil)
    for number in clients.indices { clients[number].unanswered = Client.finalRequests(hosts.count) }
  }
}
