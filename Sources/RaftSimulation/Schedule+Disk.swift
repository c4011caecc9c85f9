import Raft
import Store
import WAL

// The disks: batches finish in order, after a while; a crash cuts them off.

extension Schedule {
  func diskLatency(_ host: Int) -> Instant {
    let range = phase == .chaos ? options.diskLatency : options.calmed(options.diskLatency)
    let latency = random.disk.instant(range.lowerBound, range.upperBound)
    return phase == .chaos && hosts[host].diskSlowUntil > now ? latency * 20 : latency
  }

  func write(_ write: DiskWrite, _ host: Int) {
    hosts[host].writing.append(write)
    if hosts[host].writing.count == 1 { startWriting(host) }
  }

  private func startWriting(_ host: Int) {
    guard let write = hosts[host].writing.first else { return }
    // Messages alone wait only for what was before them.
    let latency = write.takesTime ? diskLatency(host) : 0
    queue.schedule(.diskDone(host: Int16(host), life: hosts[host].life), at: now + latency)
  }

  func diskDone(_ host: Int, _ life: Int32) {
    guard hosts[host].life == life, let write = hosts[host].writing.first else { return }
    if hosts[host].isPaused(at: now) {
      // The process does not learn of it before it runs again.
      return queue.schedule(
        .diskDone(host: Int16(host), life: life), at: hosts[host].pausedUntil + 1)
    }
    if write.takesTime, hosts[host].diskStuckUntil > now {
      return queue.schedule(.diskDone(host: Int16(host), life: life), at: now + 20_000)
    }
    if write.takesTime, hosts[host].diskFullUntil > now {
      // No space: nothing was written. A node that cannot write does not lead; it tries again.
      tell(host, "cannot write: the disk is full")
      tryWithoutSpace(write, host)
      queue.schedule(.diskDone(host: Int16(host), life: life), at: now + 50_000)
      return run(host) { $0.resign() }
    }
    hosts[host].writing.removeFirst()
    store(write, host)
    finish(write, host)
    startWriting(host)
  }

  private func tryWithoutSpace(_ write: DiskWrite, _ host: Int) {
    guard let journal = hosts[host].journal, case .batch(let effects, _) = write,
      effects.snapshot == nil
    else { return }
    if !journal.storeWithoutSpace(effects, room: random.disk.between(0, 60)) {
      referee.fail(.recoveryIsExact, "\(hosts[host].id) writes, and there is no space")
    }
  }

  private func store(_ write: DiskWrite, _ host: Int) {
    if let journal = hosts[host].journal {
      do throws(JournalError) { try journal.store(write) } catch {
        referee.fail(.recoveryIsExact, "\(hosts[host].id) cannot write: \(error)")
      }
    }
    keep(write, host)
  }

  /// Notes that something is durable.
  private func keep(_ write: DiskWrite, _ host: Int) {
    switch write {
    case .batch(let effects, let machine):
      hosts[host].disk.write(effects, machine: machine)
      record(3, UInt64(host), effects.batch)
    case .adopt(let snapshot, let machine):
      hosts[host].disk.save(snapshot, machine: machine)
    }
    checkDisk(host)
  }

  func checkDisk(_ host: Int) {
    if hosts[host].disk.isTorn {
      referee.fail(.recoveryIsExact, "the disk of \(hosts[host].id) holds a log with a hole")
    }
  }

  private func finish(_ write: DiskWrite, _ host: Int) {
    switch write {
    case .batch(let effects, _):
      send(effects.messagesAfterPersisting, from: host)
      run(host) { $0.persisted(through: effects.batch) }
    case .adopt(let snapshot, _):
      tell(host, "has saved a snapshot of \(snapshot.position)")
      run(host) { $0.snapshotPersisted(snapshot) }
    }
  }

  /// What a message vouches for has to be on the disk when it leaves.
  func judgePromise(_ message: Message, _ host: Int) {
    let disk = hosts[host].disk
    switch message.content {
    case .preVote, .preVoteReply, .heartbeatReply: return
    case .appendEntries, .heartbeat, .installSnapshot, .timeoutNow: return
    case .voteReply(granted: true):
      referee.voted(host, term: message.term, for: message.to, by: message.from)
      if disk.hardState.term < message.term
        || disk.hardState.term == message.term && disk.hardState.vote != message.to
      {
        referee.fail(.promisesAreDurable, "\(message.from) votes before its disk knows")
      }
    case .requestVote:
      referee.voted(host, term: message.term, for: message.from, by: message.from)
      if disk.hardState.term < message.term {
        referee.fail(.promisesAreDurable, "\(message.from) campaigns before its disk knows")
      }
    case .appendReply(let reply):
      guard case .accepted(let index) = reply.result, disk.hardState.term == message.term else {
        break
      }
      if disk.lastIndex < index {
        referee.fail(
          .promisesAreDurable,
          "\(message.from) acknowledges \(index), and its disk ends at \(disk.lastIndex)")
      }
    default: break
    }
    hosts[host].promisedTerm = max(hosts[host].promisedTerm, message.term)
  }

  func snapshotDone(_ host: Int, _ life: Int32) {
    guard hosts[host].life == life, let saved = hosts[host].savedSnapshot else { return }
    hosts[host].savedSnapshot = nil
    write(.adopt(saved.metadata, saved.machine), host)
  }

  // MARK: Processes

  /// The process ends, and all that was not durable is gone; perhaps the disk had finished more than
  /// it had said.
  func crash(_ host: Int, for duration: Instant) {
    guard hosts[host].isUp else { return }
    counts.crashes += 1
    while let write = hosts[host].writing.first, hosts[host].diskFullUntil <= now,
      random.disk.chance(400)
    {
      hosts[host].writing.removeFirst()
      store(write, host)
    }
    if let journal = hosts[host].journal {
      hosts[host].interrupted = random.disk.chance(700) ? hosts[host].writing.first : nil
      journal.losePower(during: hosts[host].interrupted, &random.disk)
    }
    hosts[host].isUp = false
    hosts[host].life += 1
    hosts[host].writing = []
    hosts[host].savedSnapshot = nil
    hosts[host].received = nil
    for place in hosts[host].mailbox { dropped(place) }
    hosts[host].mailbox = []
    hosts[host].pausedUntil = 0
    record(4, UInt64(host))
    tell(host, "crashes")
    referee.checkDurability(hosts)
    queue.schedule(.restart(host: Int16(host), life: hosts[host].life), at: now + duration)
  }

  func restart(_ host: Int) {
    guard !hosts[host].isUp else { return }
    hosts[host].isUp = true
    hosts[host].life += 1
    recover(host)
    let disk = hosts[host].disk
    hosts[host].machine = disk.machine
    hosts[host].applied = disk.snapshot.position.index
    hosts[host].node = makeNode(hosts[host].id, disk)
    record(5, UInt64(host))
    tell(host, "comes back")
    queue.schedule(
      .tick(host: Int16(host), life: hosts[host].life), at: now + (options.isLockstep ? options.tick - now % options.tick : hosts[host].tick))
    run(host) { _ in }
  }

  /// What the journal finds has to be what was durable, or that and what was being written.
  private func recover(_ host: Int) {
    guard let journal = hosts[host].journal else { return }
    do throws(JournalError) {
      let found = try journal.reopen()
      var expected = [hosts[host].disk]
      if let write = hosts[host].interrupted {
        expected += hosts[host].disk.stages(of: write)
        hosts[host].interrupted = nil
      }
      guard let state = expected.last(where: { $0.isEqual(to: found) }) else {
        return referee.fail(
          .recoveryIsExact, "\(hosts[host].id) finds another log than was durable")
      }
      hosts[host].disk = state
    } catch {
      referee.fail(.recoveryIsExact, "\(hosts[host].id) cannot open its log: \(error)")
    }
  }

  func tick(_ host: Int, _ life: Int32) {
    guard hosts[host].life == life else { return }
    queue.schedule(.tick(host: Int16(host), life: life), at: now + hosts[host].tick)
    if hosts[host].isPaused(at: now) {
      hosts[host].missedTicks += 1
    } else {
      run(host) { $0.tick() }
    }
  }

  func resume(_ host: Int) {
    guard hosts[host].isUp, hosts[host].pausedUntil > 0 else { return }
    hosts[host].pausedUntil = 0
    tell(host, "goes on")
    let missed = hosts[host].missedTicks
    hosts[host].missedTicks = 0
    // The timer is looked at before what came in, as it would be after a SIGCONT.
    if missed > 0 { run(host) { $0.tick(elapsed: missed) } }
    let mailbox = hosts[host].mailbox
    hosts[host].mailbox = []
    // In the order in which they came, with requests of clients between them.
    var time = now
    for place in mailbox {
      time += random.network.instant(1, 400)
      queue.schedule(.deliver(place), at: time)
    }
  }
}
