import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store

// How operators add a member, move one, and replace one that has lost its directory.

extension ReplicaSchedule {
  /// A member without its memory: the others refuse it until it is removed and joins anew.
  struct Loss {
    let place: Int
    let id: NodeID
  }

  /// A member that is to be reached elsewhere: first the others are told, then it is started there.
  struct Move {
    let place: Int
    let id: NodeID
    let url: String
  }

  /// A node that runs and knows a leader: one through which an operator works.
  private func anyPlace(but other: Int? = nil) -> Int? {
    let places = hosts.indices.filter {
      $0 != other && isAwake($0) && hosts[$0].node?.status.leader != nil
    }
    return places.isEmpty ? nil : places[random.next(below: places.count)]
  }

  // MARK: Joining

  /// A new node asks a member to be added, as by `/raft/join`. It asks again until it is told that
  /// it is one, and is started then.
  func add(through place: Int) throws {
    guard let cluster = hosts[place].node?.status.roster.cluster else { return }
    wantToJoin(cluster, "node\(hosts.count + 1)", at: nil)
  }

  func wantToJoin(_ cluster: UInt64, _ name: String, at place: Int?) {
    let incarnation = random.next() | 1
    let url = place.map { hosts[$0].url } ?? "http://\(name):1"
    let record = MemberRecord(
      id: NodeID(joining: cluster, name: name, incarnation: incarnation), name: name,
      urls: [url], incarnation: incarnation)
    joiner = (record, place)
    tell("\(name) is to be added")
  }

  /// The node that wants to join asks some member, now and then.
  func askToJoin() throws {
    guard let (record, known) = joiner, random.chance(200), let asked = anyPlace(but: known),
      let node = hosts[asked].node
    else { return }
    if node.status.roster.removed.contains(record.id) {
      tell("\(record.name) was removed before it knew that it was a member")
      joiner = nil
      return
    }
    if node.status.roster[record.id] == nil {
      return try hear(asked, .write(.add(record), .call { _ in }))
    }
    counts["joins", default: 0] += 1
    let place = known ?? hosts.count
    if known == nil { addHost(record.name) }
    hosts[place].joins = true
    hosts[place].joined = (record.id, node.status.roster.members)
    hosts[place].returns = round + 1
    hosts[place].incarnation = record.incarnation
    joiner = nil
  }

  // MARK: Lost directories

  /// A member loses its directory, or a bit of it; only one at a time, and only when all others
  /// know it well enough to tell that it is no longer the same.
  func loseDirectory(_ place: Int) {
    let id = hosts[place].node?.id
    guard loss == nil, joiner == nil, move == nil, let id, !hosts.contains(where: \.isDamaged),
      hosts.allSatisfy({ $0.isGone || $0.node != nil }),
      hosts.compactMap(\.node).allSatisfy({
        $0.status.roster[id]?.incarnation == hosts[place].node?.incarnation
          && $0.status.membership.voters.count > 2
      })
    else { return }
    crash(place, losingPower: false)
    if random.chance(500) {
      tell("a bit of \(hosts[place].name)'s disk is flipped")
      hosts[place].isDamaged = hosts[place].disk.flipBit(&random)
      hosts[place].shown = .zero
      counts["flipped bits", default: 0] += 1
    } else {
      wipe(place, id)
    }
    damagedID = id
  }

  private func wipe(_ place: Int, _ id: NodeID) {
    tell("\(hosts[place].name) has lost its directory")
    counts["lost directories", default: 0] += 1
    hosts[place].disk = MemoryDisk()
    hosts[place].incarnation = nil
    hosts[place].shown = .zero
    hosts[place].isDamaged = false
    loss = Loss(place: place, id: id)
  }

  /// A damaged directory was refused.
  func noteDamage(_ place: Int, _ error: any Error) {
    tell("\(hosts[place].name) does not start: \(error)")
    hosts[place].node = nil
    if let id = damagedID { wipe(place, id) }
    hosts[place].returns = round + random.between(1, 60)
  }

  /// An operator removes the member that has lost its memory; then it joins with an empty
  /// directory.
  func replaceLost() throws {
    guard let loss, joiner == nil, random.chance(100), let place = anyPlace(but: loss.place),
      let status = hosts[place].node?.status, let cluster = status.roster.cluster
    else { return }
    if status.roster[loss.id] != nil {
      return try hear(place, .write(.remove(loss.id), .call { _ in }))
    }
    let lost = loss.place
    if hosts[lost].node != nil { crash(lost, losingPower: false) }
    hosts[lost].returns = nil
    hosts[lost].isGone = false
    hosts[lost].disk = MemoryDisk()
    self.loss = nil
    wantToJoin(cluster, hosts[lost].name, at: lost)
  }

  // MARK: Moving

  func beginMove(_ place: Int) {
    guard loss == nil, joiner == nil, move == nil, !hosts.contains(where: \.isDamaged),
      let node = hosts[place].node, node.status.roster[node.id] != nil,
      // The others have to be a majority without it.
      node.status.membership.voters.count > 2
    else { return }
    tell("\(node.name) is to move")
    move = Move(place: place, id: node.id, url: "http://\(node.name):\(hosts[place].port + 1)")
    crash(place, losingPower: false)
    hosts[place].returns = nil
  }

  /// The others are told where it is going to be; when one of them knows that, it starts there.
  func goOnMoving() throws {
    guard let move, random.chance(200) else { return }
    let host = hosts[move.place]
    guard let place = anyPlace(but: move.place), let roster = hosts[place].node?.status.roster
    else {
      return
    }
    guard var record = roster[move.id] else {
      // It was removed meanwhile, or is not yet known there.
      guard roster.removed.contains(move.id) else { return }
      self.move = nil
      hosts[move.place].returns = round + 1
      return
    }
    if record.urls != [move.url] {
      record.urls = [move.url]
      return try hear(place, .write(.describe(record), .call { _ in }))
    }
    counts["moves", default: 0] += 1
    hosts[move.place].port += 1
    tell("\(host.name) starts at \(move.url)")
    hosts[move.place].returns = round + 1
    self.move = nil
  }
}
