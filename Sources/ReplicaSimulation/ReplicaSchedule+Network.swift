import JSON
import Raft
import RaftSimulation
import Replication
import Store
import WAL

extension ReplicaSchedule {
  /// A snapshot on its way, in pieces.
  struct Transfer {
    let from: NodeID
    let life: Int
    let message: Message
    let record: SnapshotRecord
    let source: SnapshotSource?
    var offset = 0
  }

  /// Puts on its way what a node has sent.
  func collect(_ node: VirtualNode) {
    for sent in node.host.takeSent() {
      guard node.host.members.contains(where: { $0.id == sent.peer }) else { continue }
      let place =
        links.firstIndex { $0.from == node.id && $0.to == sent.peer && $0.lane == sent.lane }
        ?? links.count
      if place == links.count {
        let isNarrow = hasNarrowLinks && sent.lane == .bulk
        links.append(
          Link(
            from: node.id, to: sent.peer, lane: sent.lane,
            bytesPerRound: isNarrow ? random.between(500, 1_500) : nil))
      }
      links[place].queue.append((node.identity(to: sent.peer), sent.messages))
    }
    guard let place = place(of: node.id) else { return }
    for (message, record) in node.host.snapshots {
      transfers.append(
        Transfer(
          from: node.id, life: hosts[place].life, message: message, record: record,
          source: try? SnapshotSource(node.disk, record)))
    }
    node.host.snapshots = []
  }

  /// The oldest messages of some link arrive, or are lost.
  func deliver() throws {
    let busy = links.indices.filter { !links[$0].queue.isEmpty }
    if busy.isEmpty { return }
    let link = busy[random.next(below: busy.count)]
    let (from, to) = (links[link].from, links[link].to)
    if links[link].cutUntil > round {
      // A link that is cut loses what is on it, sooner or later.
      if random.chance(100) { try lose(link) }
      return
    }
    let isNarrow = links[link].bytesPerRound != nil
    let size = isNarrow ? links[link].queue[0].messages.bytes.count : 0
    if links[link].bytesPassed < size { return }
    links[link].bytesPassed -= size
    let (sender, messages) = links[link].queue.removeFirst()
    if links[link].queue.isEmpty { links[link].bytesPassed = 0 }
    guard let place = place(of: to), isAimed(from, at: place) else {
      if let sender = self.place(of: from), let status = hosts[sender].node?.status,
        status.role != .leader, status.leader == nil || status.leader == to
      {
        try introduce(sender)
      }
      return try refuse(messages, from, by: to)
    }
    guard isAwake(place), let node = hosts[place].node else {
      links[link].bytesPassed += size
      return links[link].queue.insert((sender, messages), at: 0)
    }
    let objection = node.objection(to: sender)
    if let objection { tell("\(node.name) refuses \(from.hex): \(objection)") }
    switch objection {
    case nil: break
    case .removed?:
      if let place = self.place(of: from), let cluster = node.status.roster.cluster,
        let roster = hosts[place].node?.status.roster,
        RemovalProof.isValid(
          RemovalProof.make(by: node.incarnation, in: cluster, for: sender), to: sender, of: roster)
      {
        try hear(place, .removed(by: to))
      }
      return try refuse(messages, from, by: to)
    case .unknown?:
      try introduce(place)
      return try refuse(messages, from, by: to)
    case .lostMemory?, .misdirected?, .ownID?, .otherCluster?, .otherInitialMembers?:
      return try refuse(messages, from, by: to)
    }
    node.noteTime(of: sender)
    try hear(place, .peer(from, try PeerMessage.list(messages.bytes, from: from, to: to)))
  }

  /// Whether a node sends to where another one is.
  private func isAimed(_ from: NodeID, at place: Int) -> Bool {
    guard let sender = self.place(of: from), let id = hosts[place].node?.id else { return true }
    guard let known = hosts[sender].node?.host.members.first(where: { $0.id == id }) else {
      return false
    }
    return known.urls.contains(hosts[place].url)
      || Self.firstNames.contains(known.name) && hosts[place].port == 1
  }

  /// A connection fails: all that is on it is lost, and sometimes it is certain that it never
  /// arrived.
  func lose(_ link: Int) throws {
    let lost = links[link].queue
    links[link].queue = []
    links[link].bytesPassed = 0
    for (_, messages) in lost where random.chance(500) {
      try refuse(messages, links[link].from, by: links[link].to)
    }
  }

  private func refuse(_ messages: PendingMessages, _ from: NodeID, by to: NodeID) throws {
    guard let sender = place(of: from) else { return }
    for numbers in messages.forwarded {
      try hear(
        sender,
        .peer(to, [.forwarded(first: numbers.lowerBound, count: numbers.count, .notNow)]))
    }
  }

  /// A node that does not know a sender asks those it knows who the members are.
  private func introduce(_ place: Int) throws {
    guard let node = hosts[place].node else { return }
    let known = node.host.members.map(\.id).filter { $0 != node.id }
    let awake = known.compactMap { self.place(of: $0) }.filter(isAwake)
    guard !awake.isEmpty,
      let members = hosts[awake[random.next(below: awake.count)]].node?.status.roster.members
    else { return }
    let told = members.map { MemberRecord(id: $0.id, name: $0.name, urls: $0.urls) }
    try hear(place, .introduced(told))
  }

  /// The next piece of some snapshot is sent.
  func goOnSending() throws {
    if transfers.isEmpty { return }
    let number = random.next(below: transfers.count)
    var transfer = transfers[number]
    guard let sender = place(of: transfer.from), hosts[sender].life == transfer.life else {
      transfers.remove(at: number)
      return
    }
    // What has come of it waits until the sender hears it.
    guard isAwake(sender) else { return }
    func finish(_ failure: String?) throws {
      transfers.remove(at: number)
      try hear(sender, .snapshotSent(to: transfer.message.to, failure: failure))
    }
    let isCut = links.contains {
      $0.from == transfer.from && $0.to == transfer.message.to && $0.cutUntil > round
    }
    guard let source = transfer.source, let place = place(of: transfer.message.to), isAwake(place),
      let node = hosts[place].node, let own = hosts[sender].node, !isCut,
      case .installSnapshot(let metadata, let snapshotRound) = transfer.message.content
    else { return try finish("not reached") }
    let identity = own.identity(to: node.id)
    guard node.objection(to: identity) == nil, transfer.message.term >= node.status.term,
      !node.status.isDiskFull
    else { return try finish("refused") }
    let piece = try source.piece(at: transfer.offset, limit: random.between(1, 400))
    var bytes: [UInt8] = []
    bytes.append(
      PieceHead(
        identity: identity, term: transfer.message.term, round: snapshotRound,
        membership: metadata.membership, record: transfer.record, offset: transfer.offset))
    let head = try PieceHead(try JSONDocument(bytes).root)
    do throws(JournalError) {
      if let received = try node.intake.take(head, piece) {
        counts["snapshots received", default: 0] += 1
        try? hear(place, .snapshotReceived(head.message, received))
      }
    } catch { return try finish("\(error)") }
    transfer.offset += piece.count
    if transfer.offset >= Int(transfer.record.bytes) { return try finish(nil) }
    if transfers.indices.contains(number) { transfers[number] = transfer }
  }
}
