import Raft
import Store

// Letting a node take something in, and doing what it asks for.

extension Schedule {
  /// What is remembered of a node while it takes something in, to see what changed.
  private struct Before {
    var role: Role
    var term: Term
    var lastIndex: LogIndex
    var commit: LogIndex

    init(_ core: RaftCore) {
      role = core.role
      term = core.term
      lastIndex = core.log.lastIndex
      commit = core.commitIndex
    }
  }

  func run(_ host: Int, _ input: (inout RaftNode) -> Void) {
    let before = Before(hosts[host].node.core)
    hosts[host].countedBy = hosts[host].node.core.membership
    input(&hosts[host].node)
    judge(host, since: before)
    perform(host)
  }

  private func judge(_ host: Int, since before: Before) {
    let core = hosts[host].node.core
    if core.term < hosts[host].promisedTerm {
      referee.fail(.termNeverFalls, "\(core.id) is back in term \(core.term)")
    }
    if let violation = core.violation {
      referee.fail(.oneLeaderPerTerm, "\(core.id) stopped: \(violation)")
    }
    guard core.role != before.role || core.term != before.term || core.role == .leader else {
      return
    }
    if core.role != before.role || core.term != before.term {
      record(1, core.id.rawValue, core.term.rawValue)
      tell(host, "is \(Story.words(core.role)) in term \(core.term)")
    }
    guard core.role == .leader else { return }
    if before.role != .leader || before.term != core.term {
      referee.elected(core)
    } else if core.log.lastIndex < before.lastIndex {
      referee.fail(.leaderAppendOnly, "\(core.id) dropped entries while it led")
    }
    judgeProgress(core)
  }

  private func judgeProgress(_ core: RaftCore) {
    for peer in core.peers {
      if peer.matchIndex >= peer.nextIndex {
        referee.fail(.progressIsSound, "\(core.id): match \(peer.matchIndex) of \(peer.id) is not below next \(peer.nextIndex)")
      }
      // What was cut off that disk by a later leader is no fault of this one's.
      let disk = hosts[Int(peer.id.rawValue) - 1].disk
      guard peer.matchIndex > .zero, disk.hardState.term <= core.term,
        let term = core.log.term(at: peer.matchIndex)
      else { continue }
      if !disk.holds(LogPosition(index: peer.matchIndex, term: term)) {
        referee.fail(
          .progressIsSound,
          "\(core.id) takes \(peer.matchIndex)/\(term) for stored on \(peer.id), whose disk ends at \(disk.lastIndex)"
        )
      }
    }
  }

  /// Does what the node asks for, until it asks for nothing.
  func perform(_ host: Int) {
    let result = hosts[host].node.takeEffects()
    let effects = result.effects
    if !effects.entries.isEmpty { judgeEntries(effects.entries, host) }
    var installed: RegisterMachine?
    if let snapshot = effects.snapshot { installed = install(snapshot, host) }
    send(effects.messages, from: host)
    for application in result.applications { apply(application, host) }
    for id in result.lost { answer(UInt32(id.rawValue), .never) }
    for read in result.readable { answerRead(read, host) }
    for read in result.lostReads { retry(operation: Int(read.rawValue)) }
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

  private func judgeEntries(_ entries: [Entry], _ host: Int) {
    let core = hosts[host].node.core
    let previousTerm = core.log.term(at: entries[0].index - 1)
    referee.logged(entries, after: previousTerm, by: core.id)
    if core.role == .leader { judgeLimits(core) }
  }

  private func judgeLimits(_ core: RaftCore) {
    for peer in core.peers where peer.inflightCount > core.options.maxInflightAppends {
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
    if isFirst { referee.checkDurability(hosts) }
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
    if let id = application.id { answer(UInt32(id.rawValue), .written(succeeded)) }
  }

  private func install(_ snapshot: SnapshotMetadata, _ host: Int) -> RegisterMachine? {
    guard let received = hosts[host].received, received.position == snapshot.position else {
      referee.fail(.recoveryIsExact, "\(hosts[host].id) installs a snapshot it was not sent")
      return nil
    }
    if snapshot.position.index <= hosts[host].applied {
      referee.fail(.sameCommandAtSameIndex, "\(hosts[host].id) installs what it is already beyond")
    }
    hosts[host].machine = received.machine
    hosts[host].applied = snapshot.position.index
    tell(host, "installs the snapshot of \(snapshot.position)")
    return received.machine
  }
}
