import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store

// What may go wrong, and what operators do meanwhile.

extension ReplicaSchedule {
  /// Something happens, or nothing.
  func strike() throws {
    guard random.chance(250) else { return }
    let place = random.next(below: hosts.count)
    // A machine that an operator has taken down stays down.
    guard hosts[place].node != nil || hosts[place].returns != nil else { return }
    switch random.next(below: 13) {
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
    case 9: loseDirectory(place)
    case 10: hosts[place].clock.set(&random)
    case 11: hosts[place].disk.failure = (nil, after: random.between(0, 12))
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
    switch random.next(below: 4) {
    case 0 where hosts.count < 5 && joiner == nil: try add(through: place)
    case 3: beginMove(random.next(below: hosts.count))
    // Not while another is down because it moves: the rest might be no majority.
    case 1 where members.count > 3 && move == nil:
      let member = members[random.next(below: members.count)]
      tell("\(member.name) is to be removed")
      try hear(place, .write(.remove(member.id), .call { _ in }))
    default: try stop(place)
    }
  }
}
