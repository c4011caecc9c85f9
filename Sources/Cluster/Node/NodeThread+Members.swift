import Bytes
import JSON
import Options
import Raft
import Store
import Synchronization
import WAL

// Who takes part, and who leads.

extension NodeThread {
  // MARK: The roster

  /// The first leader says which cluster this is, and who began it.
  func foundIfNeeded() {
    guard roster.cluster == nil, node.core.role == .leader, hasProposedFounding != node.core.term,
      node.hasCommittedInTerm, store.appliedIndex == node.core.commitIndex
    else { return }
    hasProposedFounding = node.core.term
    var founded = Roster(
      cluster: journal.identity.cluster ?? .random(in: 1 ... .max), members: settings.founders)
    if founded[identity.id] != nil { founded.describe(identity) }
    propose(.found(founded))
  }

  /// Others have founded the cluster. A node that was told of other members than they were, and counts
  /// votes accordingly, must not acknowledge anything in it.
  func compareFounders(in entries: [Entry]) throws(JournalError) {
    guard let own = settings.founderNames else { return }
    for entry in entries where entry.kind == .command {
      guard case .found(let founded)? = try? Operation(entry, registry) else { continue }
      let names = founded.members.map(\.name).sorted()
      if names == own { continue }
      throw .failed(
        "-peers contradict each other: the cluster was founded by \(names.joined(separator: ",")), "
          + "not \(own.joined(separator: ","))")
    }
  }

  /// A member makes itself known: with its incarnation, so that nobody without its memory can speak
  /// for it, and with the addresses it was started with.
  func describeIfNeeded() {
    guard now >= nextDescription, roster.cluster != nil, leadership != nil,
      let known = roster[identity.id]
    else { return }
    // Once is enough, but for the incarnation: that has to be there.
    nextDescription = known.incarnation == nil ? now + settings.patienceTicks : .max
    if known != identity { propose(.describe(identity)) }
  }

  /// Only now is it known where this node is reached.
  func noteAddress(_ address: HostPort) {
    identity.urls = ["http://\(address)"]
    nextDescription = now
  }

  /// Proposes something of the node's own; nobody waits for it.
  private func propose(_ operation: Operation) {
    queue.append(Pending(operation, nil, deadline: deadline))
    submitProposals()
  }

  func found(_ founded: Roster) {
    guard roster.cluster == nil else { return }
    roster.found(founded)
    // Flags count no more.
    acquaintances.removeAll { settings.founders.contains($0) }
    membersChanged()
    log("event=founded cluster=\(NodeID(roster.cluster ?? 0).hex) members=\(roster.members.count)")
  }

  func describe(_ member: MemberRecord) {
    roster.describe(member)
    membersChanged()
  }

  func follow(_ membership: Membership, payload: [UInt8]) {
    let wasMember = roster[identity.id] != nil
    // None but that of the one that is added has a record.
    let record = try? JSONDocument(payload).root
    let added = record.flatMap(MemberRecord.init)
    keepLeaving(membership)
    roster.follow(membership, added: added)
    membersChanged()
    log(
      "event=members voters=\(membership.voters.map(roster.name(of:)).joined(separator: ",")) "
        + "learners=\(membership.learners.map(roster.name(of:)).joined(separator: ","))")
    if wasMember, !membership.contains(identity.id) { noteRemoval() }
  }

  /// Everybody who looks members up has to know.
  func membersChanged() {
    acquaintances.removeAll {
      roster[$0.id] != nil || roster.removed.contains($0.id) && $0.id != leavingLeader
    }
    board.update { status in
      status.roster = roster
      status.acquaintances = acquaintances
    }
    transport.connect(to: roster, besides: acquaintances)
  }

  /// Another member says who the members are: those that the log does not name yet may speak.
  func meet(_ members: [MemberRecord]) {
    let new = members.filter { member in
      member.id != identity.id && roster[member.id] == nil && !acquaintances.contains(member)
    }
    if new.isEmpty { return }
    acquaintances.removeAll { known in new.contains { $0.id == known.id } }
    acquaintances = (acquaintances + new).suffix(Introductions.limit)
    membersChanged()
    let names = new.map { $0.name.isEmpty ? $0.id.hex : $0.name }
    log("event=introduced members=\(names.joined(separator: ","))")
  }

  // MARK: The leader

  /// Takes note of who leads; true if that is somebody new.
  func noteLeadership() -> Bool {
    let term = node.core.term
    let present = node.core.leader.map { Leadership(leader: $0, term: term) }
    guard present != leadership else { return false }
    leadership = present
    if node.core.role == .leader { leadInTime() } else { time.stopLeading() }
    hastenForwarded()
    askAgain()
    if let present {
      log("event=leader leader=\(name(of: present.leader)) term=\(present.term)")
    } else {
      log("event=no_leader term=\(term)")
    }
    dropLeaving()
    let time = time.now
    board.update { status in
      status.leaderSince = time
      status.leaderChanges += 1
    }
    return present != nil
  }

  /// What people call a member; before there is a roster, as the flags do.
  func name(of id: NodeID) -> String {
    if roster.cluster != nil { return roster.name(of: id) }
    return acquaintances.first { $0.id == id }?.name ?? id.hex
  }

  var isSoleVoter: Bool { node.core.membership.voters == [identity.id] }
  var isOnlyMember: Bool { isSoleVoter && node.core.membership.learners.isEmpty }

  /// Puts up what this node is now.
  func publish() {
    let membership = node.core.membership
    if !isOnlyMember {
      board.isAlone.store(false, ordering: .releasing)
    } else if node.core.role == .leader, node.hasCommittedInTerm, queued.isEmpty {
      board.isAlone.store(true, ordering: .releasing)
    }
    let followers = node.core.peers.map {
      FollowerStatus(
        id: $0.id, matchIndex: $0.matchIndex, isVoter: $0.isVoter,
        isActive: node.core.isActive($0))
    }
    board.update { status in
      status.membership = membership
      status.role = node.core.role
      status.term = node.core.term
      status.leader = node.core.leader
      status.lastIndex = node.core.log.lastIndex
      status.commitIndex = node.core.commitIndex
      status.appliedIndex = store.appliedIndex
      status.waitingProposals = pending.count + queue.count + held.count
      status.counts = counts
      status.ailment = isDraining ? NodeMessage.stopping : ailment
      status.isDiskFull = isDiskFull
      status.followers = followers
    }
  }

  // MARK: Messages

  func send(_ messages: [Message]) {
    for message in messages {
      switch message.content {
      case .installSnapshot: sendSnapshot(message)
      case .appendEntries:
        counts.appendsSent += 1
        transport.write(to: message.to, on: .bulk) { $0.append(message) }
      default: transport.write(to: message.to) { $0.append(message) }
      }
    }
  }

  private func sendSnapshot(_ message: Message) {
    guard case .installSnapshot(let metadata, _) = message.content, let record = journal.snapshot,
      record.index == metadata.position.index
    else { return node.snapshotSent(to: message.to, succeeded: false) }
    // One that is refused is offered with every heartbeat, which is worth one line.
    if snapshotFailures[message.to] == nil {
      log("event=snapshot_sent to=\(roster.name(of: message.to)) index=\(record.index)")
    }
    transport.sendSnapshot(message, record, of: disk) { [mailbox] failure in
      mailbox.post(.snapshotSent(to: message.to, failure: failure))
    }
  }

  func noteSent(to peer: NodeID, _ failure: String?) {
    if let failure, failure != snapshotFailures[peer] {
      log("event=snapshot_not_sent to=\(roster.name(of: peer)) reason=\(quoted(failure))")
    }
    snapshotFailures[peer] = failure
    node.snapshotSent(to: peer, succeeded: failure == nil)
  }
}

extension RaftNode {
  /// Whether this leader has committed an entry of its own term, and so knows how far its
  /// predecessors had come.
  var hasCommittedInTerm: Bool { core.log.term(at: core.commitIndex) == core.term }
}
