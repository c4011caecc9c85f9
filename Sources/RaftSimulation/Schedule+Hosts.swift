import Raft
import Store

// Letting a node take something in, and doing what it asks for.

extension Schedule {
  /// What is remembered of a node while it takes something in, to see what changed.
  private struct Before {
    var role: Role
    var term: Term
    var lastIndex: LogIndex

    init(_ core: RaftCore) {
      role = core.role
      term = core.term
      lastIndex = core.log.lastIndex
    }
  }

  func run(_ host: Int, _ input: (inout RaftNode) -> Void) {
    let before = Before(hosts[host].node.core)
    hosts[host].countedBy = hosts[host].node.core.membership
    #if DEBUG
      let original = sabotage == nil ? nil : hosts[host].node.core
      input(&hosts[host].node)
      if let original { sabotage?.node(&hosts[host].node, original) }
    #else
      input(&hosts[host].node)
    #endif
    judge(host, since: before)
    perform(host)
  }

  /// Looks at what changed. Every step comes through here, so it copies nothing.
  private func judge(_ host: Int, since before: Before) {
    let term = hosts[host].node.core.term
    let role = hosts[host].node.core.role
    if term < hosts[host].promisedTerm {
      referee.fail(.termNeverFalls, "\(hosts[host].id) is back in term \(term)")
    }
    if let violation = hosts[host].node.core.violation {
      referee.fail(.oneLeaderPerTerm, "\(hosts[host].id) stopped: \(violation)")
    }
    if role != before.role || term != before.term {
      record(1, hosts[host].id.rawValue, term.rawValue)
      tell(host, "is \(Story.words(role)) in term \(term)")
    }
    guard role == .leader else { return }
    if before.role != .leader || before.term != term {
      certifyElection(host)
      reactToElection(of: host)
    } else if hosts[host].node.core.log.lastIndex < before.lastIndex {
      referee.fail(.leaderAppendOnly, "\(hosts[host].id) dropped entries while it led")
    }
    let peers = hosts[host].node.core.leadership?.peers ?? []
    for peer in peers.indices {
      judgeProgress(host, peers[peer].id, peers[peer].matchIndex, peers[peer].nextIndex)
    }
  }

  private func judgeProgress(_ host: Int, _ id: NodeID, _ match: LogIndex, _ next: LogIndex) {
    if match >= next {
      referee.fail(
        .progressIsSound, "\(hosts[host].id): match \(match) of \(id) is not below next \(next)")
    }
    // What was cut off that disk by a later leader is no fault of this one's.
    let follower = Int(id.rawValue) - 1
    guard match > .zero, follower < hosts.count,
      hosts[follower].disk.hardState.term <= hosts[host].node.core.term,
      let term = hosts[host].node.core.log.term(at: match)
    else { return }
    if !hosts[follower].disk.holds(LogPosition(index: match, term: term)) {
      referee.fail(
        .progressIsSound,
        "\(hosts[host].id) takes \(match)/\(term) for stored on \(id), whose disk does not have it")
    }
  }

  /// Does what the node asks for, until it asks for nothing.
  func perform(_ host: Int) {
    let result = hosts[host].node.takeEffects()
    var effects = result.effects
    letGoEarly(&effects)
    if !effects.entries.isEmpty { judgeEntries(effects.entries, host) }
    var installed: RegisterMachine?
    if let snapshot = effects.snapshot { installed = install(snapshot, host) }
    send(effects.messages, from: host)
    for application in result.applications { apply(application, host) }
    _ = hosts[host].node.dropShared(applied: hosts[host].applied)
    for id in result.lost { answer(UInt32(id.rawValue), .never, by: host) }
    for read in result.readable { answerRead(read, host) }
    for read in result.lostReads { giveUp(read, host) }
    if let snapshot = result.snapshotToTake {
      hosts[host].savedSnapshot = (snapshot, hosts[host].machine)
      queue.schedule(
        .snapshotDone(host: Int16(host), life: hosts[host].life), at: now + 4 * diskLatency(host))
    }
    if effects.mustPersist || !effects.messagesAfterPersisting.isEmpty {
      write(.batch(effects, installing: installed), host)
    }
    for report in effects.reports { tell(host, "reports: \(report)") }
  }

  /// Does nothing, unless a test plants just that bug.
  private func letGoEarly(_ effects: inout Effects) {
    #if DEBUG
      guard sabotage?.speaksBeforeDisk == true else { return }
      effects.messages += effects.messagesAfterPersisting
      effects.messagesAfterPersisting = []
    #endif
  }

  private func judgeEntries(_ entries: [Entry], _ host: Int) {
    let previousTerm = hosts[host].node.core.log.term(at: entries[0].index - 1)
    referee.logged(entries, after: previousTerm, by: hosts[host].id)
    for peer in hosts[host].node.core.leadership?.peers ?? []
    where peer.inflightCount > options.raft.maxInflightAppends {
      referee.fail(.limitsHold, "\(peer.inflightCount) appends are on their way to \(peer.id)")
    }
  }

  private func apply(_ application: Application, _ host: Int) {
    let entry = application.entry
    let core = hosts[host].node.core
    if entry.index != hosts[host].applied + 1 {
      referee.fail(.appliedOnce, "\(core.id) applies \(entry.index) after \(hosts[host].applied)")
    }
    hosts[host].applied = entry.index
    let isFirst = referee.committed(
      entry, by: core, under: [hosts[host].countedBy, core.membership])
    if isFirst {
      referee.checkDurability(hosts)
      referee.checkElectable(hosts, under: core.membership)
      certify(entry, host)
      if case .membership = entry.kind { counts.membershipChanges += 1 }
    }
    record(2, core.id.rawValue << 40 ^ entry.index.rawValue, entry.term.rawValue)
    tell(host, "commits \(Story.words(entry))")
    hosts[host].machine.digest.add(Referee.hash(entry))
    var succeeded = true
    if case .command = entry.kind {
      guard let command = RegisterCommand(entry.payload) else {
        return referee.fail(.sameCommandAtSameIndex, "\(core.id) applies bytes nobody proposed")
      }
      succeeded = hosts[host].machine.apply(command)
      referee.applied(operation: command.operation, at: entry.index)
    }
    referee.applied(entry.index, digest: hosts[host].machine.digest.value, by: core.id)
    if let id = application.id { answer(UInt32(id.rawValue), .written(succeeded), by: host) }
  }

  private func install(_ snapshot: SnapshotMetadata, _ host: Int) -> RegisterMachine? {
    guard let received = hosts[host].received, received.position == snapshot.position else {
      referee.fail(.recoveryIsExact, "\(hosts[host].id) installs a snapshot it was not sent")
      return nil
    }
    if snapshot.position.index <= hosts[host].applied {
      referee.fail(.sameCommandAtSameIndex, "\(hosts[host].id) installs what it is already beyond")
    }
    counts.snapshotsInstalled += 1
    hosts[host].machine = received.machine
    hosts[host].applied = snapshot.position.index
    referee.checkMembers(
      hosts[host].node.core.membership, at: hosts[host].node.core.commitIndex, of: hosts[host].id)
    tell(host, "installs the snapshot of \(snapshot.position)")
    return received.machine
  }
}
