import Raft
import Store
import WAL

// The disks: batches finish in order, after a while.

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
    hosts[host].writingSince = now
    // Messages alone wait only for what was before them.
    let latency = write.takesTime ? diskLatency(host) : 0
    queue.schedule(.diskDone(host: Int16(host), life: hosts[host].life), at: now + latency)
  }

  func diskDone(_ host: Int, _ life: Int32) {
    guard hosts[host].life == life, let write = hosts[host].writing.first else { return }
    if hosts[host].isPaused(at: now) {
      // The process does not learn of it before it runs again.
      return queue.schedule(
        .diskDone(host: Int16(host), life: life), at: hosts[host].nextLook(after: now) + 1)
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
    if write.takesTime {
      recorder?.wrote(write, over: hosts[host].disk, of: host, hosts[host].writingSince, now)
    }
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

  func store(_ write: DiskWrite, _ host: Int) {
    guard isWritable(write, host) else { return }
    if let journal = hosts[host].journal {
      do throws(JournalError) { try journal.store(write) } catch {
        referee.fail(.recoveryIsExact, "\(hosts[host].id) cannot write: \(error)")
      }
    }
    keep(write, host)
  }

  /// What a node must never ask of its disk; the journal would stop the whole process.
  private func isWritable(_ write: DiskWrite, _ host: Int) -> Bool {
    let disk = hosts[host].disk
    guard case .batch(let effects, _) = write else { return true }
    if let new = effects.hardState {
      if new.term < disk.hardState.term {
        referee.fail(.termNeverFalls, "\(hosts[host].id) writes term \(new.term)")
        return false
      }
      if new.term == disk.hardState.term, let vote = disk.hardState.vote, new.vote != vote {
        referee.fail(.oneVotePerTerm, "\(hosts[host].id) writes another vote in term \(new.term)")
        return false
      }
    }
    let last = effects.snapshot?.position.index ?? disk.lastIndex
    if let first = effects.entries.first, first.index > last + 1 {
      referee.fail(.recoveryIsExact, "\(hosts[host].id) writes entry \(first.index) after \(last)")
      return false
    }
    return true
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
    case .appendEntries, .heartbeat, .installSnapshot, .timeoutNow, .lossNotice: return
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
}
