import Raft
import Store

// What goes wrong, and what an operator does.

extension Schedule {
  func strike() {
    guard phase == .chaos else { return }
    let number = faultDraws.count
    if let drawn = edit?.generator(number) { random.faults = drawn }
    faultDraws.append(FaultDraw(random: random.faults))
    queue.schedule(.fault, at: now + random.faults.instant(1, 2 * options.faultInterval))
    var total = 0
    for fault in Fault.allCases { total += options.weights[fault] ?? 0 }
    var choice = random.faults.next(below: total)
    for fault in Fault.allCases {
      choice -= options.weights[fault] ?? 0
      guard choice < 0 else { continue }
      faultDraws[number].fault = fault
      if edit?.happens(number) != false { inflict(fault) }
      return
    }
  }

  /// How long it lasts: around the election timeout, sometimes much longer.
  private func duration() -> Instant {
    let timeout = Instant(options.raft.electionTicks) * options.tick
    return random.faults.chance(200)
      ? random.faults.instant(timeout, 8 * timeout)
      : random.faults.instant(timeout / 8, 2 * timeout)
  }

  var leader: Int? {
    hosts.indices.filter { hosts[$0].isUp && hosts[$0].node.core.role == .leader }
      .max { hosts[$0].node.core.term < hosts[$1].node.core.term }
  }

  private func inflict(_ fault: Fault) {
    let victim = random.faults.next(below: hosts.count)
    let until = now + duration()
    record(7, UInt64(fault.rawValue), UInt64(victim))
    switch fault {
    case .partition, .isolate, .oneWay, .bridge: inflictCut(fault, victim, until)
    case .isolateLeader: inflictCut(.isolate, leader ?? victim, until)
    case .deafHandOver: handOver(to: victim, until)
    case .crash: crash(victim, for: duration())
    case .crashLeader: crash(leader ?? victim, for: duration())
    case .crashAll: for host in hosts.indices { crash(host, for: duration()) }
    case .pause: pause(victim, until: until)
    case .pauseLeader:
      // Long enough for another one to be elected.
      pause(leader ?? victim, until: until + 3 * Instant(options.raft.electionTicks) * options.tick)
    case .slowDisk: hosts[victim].diskSlowUntil = until
    case .stuckDisk: stick(victim, until: until)
    case .fullDisk: hosts[victim].diskFullUntil = until
    case .failingDisk:
      tell(victim, "cannot sync, and stops")
      crash(victim, for: duration())
    case .transfer:
      if let leader { transfer(from: leader, to: victim) }
    case .resign: if let leader { run(leader) { $0.resign() } }
    case .addNode: addNode()
    case .removeNode: removeNode(victim)
    case .slowLeader: slowLeader(victim)
    }
  }

  func span(_ until: Instant) -> String { "for \((until - now) / 1_000) ms" }

  private func names(_ sides: [Bool], _ side: Bool) -> String {
    hosts.indices.filter { sides[$0] == side }.map { "\(hosts[$0].id)" }.joined(separator: " ")
  }

  private func inflictCut(_ fault: Fault, _ victim: Int, _ until: Instant) {
    let other = random.faults.next(below: hosts.count)
    switch fault {
    case .partition:
      let sides = hosts.indices.map { _ in random.faults.chance(500) }
      for a in hosts.indices {
        for b in hosts.indices where sides[a] != sides[b] { cut(a, b, until: until) }
      }
      tellAll(
        "The network falls apart, \(span(until)): \(names(sides, true)) | \(names(sides, false))")
    case .isolate:
      for b in hosts.indices where b != victim {
        cut(victim, b, until: until)
        cut(b, victim, until: until)
      }
      tell(victim, "is isolated, \(span(until))")
    case .oneWay:
      cut(victim, other, until: until)
      tell(victim, "is not heard by \(hosts[other].id), \(span(until))")
    default:
      cut(victim, other, until: until)
      cut(other, victim, until: until)
      tell(victim, "and \(hosts[other].id) cannot hear each other, \(span(until))")
    }
  }

  /// It is refused if the target has no vote, and the operator lets it be.
  func transfer(from leader: Int, to target: Int) {
    let id = hosts[target].id
    run(leader) { node in
      do throws(Refusal) { try node.transferLeadership(to: id) } catch {}
    }
  }

  private func handOver(to target: Int, _ until: Instant) {
    guard let leader, leader != target else { return }
    transfer(from: leader, to: target)
    tell(leader, "hands over to \(hosts[target].id), and does not hear what comes of it")
    let onlyTarget = random.faults.chance(500)
    for other in hosts.indices where other != leader && (other == target || !onlyTarget) {
      cut(other, leader, until: until)
    }
  }

  private func pause(_ host: Int, until: Instant) {
    guard hosts[host].isUp, !hosts[host].isPaused(at: now) else { return }
    hosts[host].pausedUntil = until
    tell(host, "is stopped, \(span(until))")
    queue.schedule(.resume(host: Int16(host), life: hosts[host].life), at: until)
  }

  /// The disk finishes nothing for a while, and then everything.
  private func stick(_ host: Int, until: Instant) {
    guard hosts[host].isUp else { return }
    tell(host, "has a disk that does not answer, \(span(until))")
    hosts[host].diskStuckUntil = until
  }

  /// Some things go wrong just when a leader has been found.
  func reactToElection(of host: Int) {
    guard phase == .chaos else { return }
    if random.faults.chance(options.operatorHaste) {
      queue.schedule(.operatorActs, at: now + random.faults.instant(1, 5_000))
    }
    if random.faults.chance(options.leaderJinx) {
      // It leads, and writes to its own log, and no other node hears of it, or only one: the
      // paper's figure 8.
      let end = now + duration()
      let confidant = random.faults.chance(500) ? random.faults.next(below: hosts.count) : host
      for other in hosts.indices where other != host && other != confidant {
        cut(host, other, until: end)
        cut(other, host, until: end)
      }
      tell(
        host,
        confidant == host
          ? "is cut off from all, \(span(end))"
          : "is cut off from all but \(hosts[confidant].id), \(span(end))")
      if random.faults.chance(500) {
        queue.schedule(
          .jinx(host: Int16(host), life: hosts[host].life), at: random.faults.instant(now, end))
      }
    }
  }

  func jinx(_ host: Int) {
    if phase == .chaos { crash(host, for: duration()) }
  }

  func operatorActs() {
    guard phase == .chaos else { return }
    if random.faults.chance(500) {
      addNode()
    } else {
      removeNode(random.faults.next(below: hosts.count))
    }
  }

  func addNode() {
    guard let leader, hosts.count < Schedule.maxHosts else { return }
    let id = NodeID(UInt64(hosts.count + 1))
    var isAccepted = true
    addHost(members: Membership(voters: []))
    run(leader) { node in
      do throws(Refusal) {
        try node.propose(.addLearner(id), payload: [])
      } catch { isAccepted = false }
    }
    if isAccepted { tell(leader, "is asked to take in \(id)") }
  }

  func removeNode(_ victim: Int) {
    guard let leader, hosts[leader].node.core.membership.voters.count > 1 else { return }
    let id = hosts[victim].id
    tell(leader, "is asked to let \(id) go")
    run(leader) { node in
      do throws(Refusal) {
        try node.propose(.remove(id), payload: [])
      } catch {}
    }
  }
}
