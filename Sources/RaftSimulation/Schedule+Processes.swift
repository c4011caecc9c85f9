import Raft
import Store
import WAL

// The processes: they crash and come back with what is durable, are stopped and go on, and tick.

extension Schedule {
  /// The process ends, and all that was not durable is gone; perhaps the disk had finished more
  /// than it had said.
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
    hosts[host].reads = []
    for place in hosts[host].mailbox { dropped(place) }
    hosts[host].mailbox = []
    hosts[host].pausedUntil = 0
    record(4, UInt64(host))
    tell(host, "crashes, for \(duration / 1_000) ms")
    referee.checkDurability(hosts)
    queue.schedule(.restart(host: Int16(host), life: hosts[host].life), at: now + duration)
  }

  func restart(_ host: Int) {
    guard !hosts[host].isUp, !hosts[host].isLost else { return }
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
      .tick(host: Int16(host), life: hosts[host].life),
      at: now + (options.isLockstep ? options.tick - now % options.tick : hosts[host].tick))
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
    if missed > 0 { run(host) { $0.tick() } }
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
