import Raft
import RaftSimulation
import Replication
import Store
import Timeout

// Keys that expire: not before their time by any machine's clock, and at last on all nodes.

extension ReplicaSchedule {
  /// A client that writes one key, which expires, and looks whether it is still there.
  struct Lease {
    let key: String
    var call: (place: Int, life: Int, number: Int)?
    var calls = 0
    /// Until when it must be there, in microseconds of ``ReplicaSchedule/time``; nil if it need
    /// not.
    var end: Int64?
  }

  /// The client writes the key or reads it, unless it waits.
  func useLease(_ number: Int) throws {
    if let call = leases[number].call {
      if hosts[call.place].node != nil, hosts[call.place].life == call.life { return }
      // The node has ended, and whether it wrote is open.
      leases[number].call = nil
      leases[number].end = nil
    }
    guard isChaos, random.chance(300) else { return }
    let place = random.next(below: hosts.count)
    guard isAwake(place) else { return }
    leases[number].calls += 1
    let call = leases[number].calls
    leases[number].call = (place, hosts[place].life, call)
    if random.chance(300) {
      try writeLease(number, call, at: place)
    } else {
      try readLease(number, call, at: place)
    }
  }

  private func writeLease(_ number: Int, _ call: Int, at place: Int) throws {
    let seconds = Int64(random.between(5, 20))
    // Clocks differ, those that are wrong are corrected by a hundredth, and followers go toward
    // their leader's by a twentieth: so much earlier is not too early.
    let end = time.microseconds + seconds * 940_000 - 2 * MachineClock.limit - 500_000
    leases[number].end = nil
    nonisolated(unsafe) let schedule = self
    try hear(
      place,
      .write(
        .command(
          try VirtualNode.put(leases[number].key, "\(call)", timeToLive: seconds)),
        .call { result in
          guard schedule.leases[number].call?.number == call else { return }
          schedule.leases[number].call = nil
          if case .success = result {
            schedule.leases[number].end = end
            schedule.counts["leases", default: 0] += 1
          }
          let answer = if case .failure(let error) = result { "\(error)" } else { "written" }
          schedule.tell("\(schedule.leases[number].key) for \(seconds) s: \(answer)")
        }))
  }

  private func readLease(_ number: Int, _ call: Int, at place: Int) throws {
    nonisolated(unsafe) let schedule = self
    try hear(
      place,
      .read(
        .call { result in
          guard schedule.leases[number].call?.number == call else { return }
          schedule.leases[number].call = nil
          guard case .success = result else { return }
          schedule.lookAtLease(number, at: place)
        }))
  }

  private func lookAtLease(_ number: Int, at place: Int) {
    let lease = leases[number]
    guard let end = lease.end, time.microseconds < end, let node = hosts[place].node else { return }
    counts["leases seen", default: 0] += 1
    if node.value(lease.key) == nil {
      verdict =
        "\(lease.key) has expired at \(node.name) "
        + "\((end - time.microseconds) / 1_000) ms too early"
    }
  }

  /// What is due is removed by the leader, as the server's own ``Timeout/Expirer`` has it.
  func expire() throws {
    for place in hosts.indices {
      guard let node = hosts[place].node, isAwake(place), node.replica.isLeader,
        let due = node.store.nextExpiration, due <= node.replica.time.now,
        !hosts[place].isExpiring, random.chance(700)
      else { continue }
      // One at a time: what is due by then goes with the next one.
      hosts[place].isExpiring = true
      let life = hosts[place].life
      nonisolated(unsafe) let schedule = self
      try hear(
        place,
        .write(
          .command(Expire()),
          .call { _ in
            if schedule.hosts[place].life == life { schedule.hosts[place].isExpiring = false }
          }))
    }
    if let verdict { throw failure(.notTooEarly, verdict) }
  }
}
