import Bytes
import JSON
import Raft
import Store
import WAL

// Who takes part: the roster, and what this node adds to it.

extension Replica {
  // MARK: What this node proposes

  /// The first leader says which cluster this is, and who began it. It proposes that again until it
  /// is applied: a proposal that waits for too long is dropped.
  func bootstrapIfNeeded() {
    guard roster.cluster == nil, isLeader, node.hasCommittedInTerm,
      store.appliedIndex == node.core.commitIndex
    else { return }
    let pause = 2 * UInt64(node.core.options.electionTicks)
    if let last = lastBootstrap, last.term == node.core.term, now < last.tick + pause { return }
    lastBootstrap = (node.core.term, now)
    var initial = Roster(
      cluster: journal.identity.cluster ?? host.randomNumber(), members: settings.initialMembers)
    if initial[identity.id] != nil { initial.describe(identity) }
    propose(.bootstrap(initial))
  }

  /// A member makes itself known: with its incarnation, so that no node without its memory can
  /// speak for it, and with the addresses it was started with. It proposes that again until it is
  /// applied, for a proposal may be lost with its leader.
  func describeIfNeeded() {
    guard now >= nextDescription, roster.cluster != nil, leader != nil,
      let known = roster[identity.id]
    else { return }
    if known == identity { return noteDescribed() }
    nextDescription = now + 2 * UInt64(node.core.options.electionTicks)
    var described = roster
    described.describe(identity)
    // Otherwise another member has its name, and the roster would stay as it is.
    guard described != roster else { return }
    isDescriptionUnderWay = true
    propose(.describe(identity, known: known.urls))
  }

  /// Once is enough: an operator may change the record afterwards.
  private func noteDescribed() {
    isDescriptionUnderWay = false
    nextDescription = .max
  }

  // MARK: What the log says

  /// Another node has bootstrapped the cluster. A node that was told of other members than these,
  /// and counts votes accordingly, must not acknowledge anything in it.
  func compareInitialMembers(in entries: [Entry]) throws(JournalError) {
    guard let own = settings.initialNames else { return }
    for entry in entries where entry.kind == .command {
      guard case .bootstrap(let initial)? = try? Operation(entry, registry) else { continue }
      let names = initial.members.map(\.name).sorted()
      if names == own { continue }
      throw .failed(
        "-peers contradict each other: the cluster was bootstrapped by "
          + "\(names.joined(separator: ",")), not \(own.joined(separator: ","))")
    }
  }

  func bootstrap(_ initial: Roster) {
    guard roster.cluster == nil else { return }
    roster.bootstrap(initial)
    // Flags count no more.
    unlistedMembers.removeAll { settings.initialMembers.contains($0) }
    membersChanged()
    log(
      .info(
        "bootstrapped",
        ["cluster": NodeID(roster.cluster ?? 0).hex, "members": roster.members.count]))
  }

  func describe(_ member: MemberRecord, knownAt known: [String]?) {
    if isDescriptionUnderWay, member == identity { noteDescribed() }
    roster.describe(member, knownAt: known)
    membersChanged()
  }

  func follow(_ membership: Membership, payload: [UInt8]) {
    // Only the member that is added has a record.
    let record = try? JSONDocument(payload).root
    let added = record.flatMap(MemberRecord.init)
    keepLeaving(membership)
    roster.follow(membership, added: added)
    membersChanged()
    let names = { (ids: [NodeID]) in ids.map(self.roster.name(of:)).joined(separator: ",") }
    log(
      .info(
        "members",
        ["voters": names(membership.voters), "learners": names(membership.learners)]))
    noteOwnRemoval()
  }

  // MARK: What others say

  /// Another member says who the members are: those that the log does not name yet may speak, and
  /// those that have moved are answered where they are.
  func meet(_ members: [MemberRecord]) {
    for member in members where roster[member.id] != nil {
      // Beside what is known: who says it may know less.
      let known = toldURLs[member.id] ?? []
      let new = member.urls.filter { !known.contains($0) }
      toldURLs[member.id] = (known + new).suffix(PeerLimits.memberURLs)
    }
    let new = members.filter { member in
      member.id != identity.id && roster[member.id] == nil && !unlistedMembers.contains(member)
    }
    if new.isEmpty { return connect() }
    unlistedMembers.removeAll { known in new.contains { $0.id == known.id } }
    unlistedMembers = (unlistedMembers + new).suffix(PeerLimits.unlistedMembers)
    membersChanged()
    let names = new.map { $0.name.isEmpty ? $0.id.hex : $0.name }
    log(.info("introduced", ["members": names.joined(separator: ",")]))
  }

  /// Tells all that look members up.
  func membersChanged() {
    unlistedMembers.removeAll {
      roster[$0.id] != nil
        || roster.removed.contains($0.id) && $0.id != removal.leavingLeader
    }
    for id in roster.removed where id != removal.leavingLeader { toldURLs[id] = nil }
    board.update { status in
      status.roster = roster
      status.unlistedMembers = unlistedMembers
    }
    connect()
  }

  /// Sees to it that there is a way to each member, and to each that may be one.
  func connect() {
    let members = roster.members.map { member in
      var member = member
      if let told = toldURLs[member.id] {
        let known = Set(member.urls)
        member.urls += told.filter { !known.contains($0) }
      }
      return member
    }
    host.connect(to: members + unlistedMembers.filter { roster[$0.id] == nil })
  }
}
