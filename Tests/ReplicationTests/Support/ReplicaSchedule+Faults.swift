import Raft
import RandomSupport
import Store

@testable import RaftSimulation
@testable import Replication

// What may go wrong, and what operators do meanwhile.

extension ReplicaSchedule {
  /// Something happens, or nothing.
  func strike() throws {
    guard random.chance(250) else { return }
    let place = random.next(below: hosts.count)
    switch random.next(below: 10) {
    case 0...1: crash(place, losingPower: false)
    case 2: crash(place, losingPower: true)
    case 3:
      // The power goes in the midst of what the disk does next.
      hosts[place].disk.operationsLeft = random.between(0, 6)
      if hosts[place].disk.operationsLeft == 0 { hosts[place].disk.operationsLeft = 1 }
    case 4:
      hosts[place].disk.room = random.between(0, 600)
      hosts[place].fullUntil = round + random.between(3, 40)
      tell("the disk of \(hosts[place].name) is full")
    case 5:
      hosts[place].pausedUntil = round + random.between(3, 40)
      tell("\(hosts[place].name) stands still")
    case 6...8: cut()
    default: if !links.isEmpty { try lose(random.next(below: links.count)) }
    }
  }

  /// One node, or one direction, is cut off for a while.
  private func cut() {
    if links.isEmpty { return }
    let end = round + random.between(3, 60)
    let link = links[random.next(below: links.count)]
    let isOneWay = random.chance(400)
    tell("\(link.from.hex) \(isOneWay ? "is not heard by \(link.to.hex)" : "is cut off")")
    for place in links.indices {
      let isOf =
        isOneWay
        ? links[place].from == link.from && links[place].to == link.to
        : links[place].from == link.from || links[place].to == link.from
      if isOf { links[place].cutUntil = end }
    }
  }

  // MARK: Operators

  /// Members are added and removed, leaders asked to hand over.
  func administer() throws {
    guard isChaos, round > 40, random.chance(40) else { return }
    let awake = hosts.indices.filter { isAwake($0) && hosts[$0].node?.status.leader != nil }
    if awake.isEmpty { return }
    let place = awake[random.next(below: awake.count)]
    guard let node = hosts[place].node else { return }
    let members = node.status.roster.members
    switch random.next(below: 3) {
    case 0 where hosts.count < 5 && joiner == nil: try add(through: place)
    case 1 where members.count > 3:
      let member = members[random.next(below: members.count)]
      tell("\(member.name) is to be removed")
      try hear(place, .write(.remove(member.id), .call { _ in }))
    default:
      try hear(place, .drain(.call { _ in }))
      crash(place, losingPower: false)
    }
  }

  /// A new node asks a member to be added, as by `/raft/join`. It asks again until it is told that it is
  /// one, and is started then.
  private func add(through place: Int) throws {
    guard let cluster = hosts[place].node?.status.roster.cluster else { return }
    let name = "node\(hosts.count + 1)"
    let incarnation = random.next() | 1
    joiner = MemberRecord(
      id: NodeID(joining: cluster, name: name, incarnation: incarnation), name: name,
      urls: ["http://\(name):1"], incarnation: incarnation)
    tell("\(name) is to be added")
  }

  /// The node that wants to join asks some member, now and then.
  func askToJoin() throws {
    guard let joiner, let incarnation = joiner.incarnation, random.chance(200) else { return }
    let place = random.next(below: hosts.count)
    guard isAwake(place), let node = hosts[place].node else { return }
    if node.status.roster[joiner.id] != nil {
      counts["joins", default: 0] += 1
      var host = Host(name: joiner.name)
      host.joins = true
      host.joined = (joiner.id, node.status.roster.members)
      host.returns = round + 1
      host.incarnation = incarnation
      hosts.append(host)
      self.joiner = nil
    } else {
      try hear(place, .write(.add(joiner), .call { _ in }))
    }
  }
}
