import Raft
import Store

// Changes of membership in bad company: the leader that is asked for one hears the others late and
// is heard late, and rivals campaign for its place meanwhile. Then candidates learn in the middle
// of their campaigns that the members are others.

extension Schedule {
  /// The links of one host are slow.
  struct SlowHost {
    var host: Int
    /// By how much longer messages to it take, and messages from it.
    var into: Instant
    var outOf: Instant
    var until: Instant
  }

  /// By how much longer a message takes now. Nothing is drawn, so a slow link keeps the order.
  func slowness(_ from: Int, _ to: Int) -> Instant {
    let link = linkDelays.isEmpty ? 0 : linkDelays[from * Schedule.maxHosts + to]
    guard let slow, slow.until > now else { return link }
    return link + (to == slow.host ? slow.into : from == slow.host ? slow.outOf : 0)
  }

  /// The change is proposed, and its entries are on their way; the answers will be late.
  func slowLeader(_ victim: Int) {
    guard let leader else { return }
    if random.faults.chance(800), victim != leader { removeNode(victim) } else { addNode() }
    let timeout = Instant(options.raft.electionTicks) * options.tick
    let into = random.faults.instant(timeout / 4, timeout)
    let outOf = random.faults.chance(800) ? random.faults.instant(timeout, 2 * timeout) : 0
    // The others have lost their patience by then, and what they ask is on its way to the old
    // leader.
    let rivalry = now + timeout + random.faults.instant(0, timeout)
    let until = rivalry + random.faults.instant(1, into)
    slow = SlowHost(host: leader, into: into, outOf: outOf, until: until)
    queue.schedule(.rivalry, at: rivalry)
    tell(
      leader,
      "hears all \(into / 1_000) ms late, is heard \(outOf / 1_000) ms late, \(span(until))")
  }

  /// Two clocks run ahead, and their nodes' patience ends at one moment: a split vote in the
  /// making.
  func rivalry() {
    guard phase == .chaos else { return }
    for _ in 0..<2 {
      let rival = random.faults.next(below: hosts.count)
      guard hosts[rival].isUp, !hosts[rival].isPaused(at: now) else { continue }
      guard rival != slow?.host else { continue }
      for _ in 0..<2 * options.raft.electionTicks
      where hosts[rival].node.core.role == .follower { run(rival) { $0.tick() } }
    }
  }
}
