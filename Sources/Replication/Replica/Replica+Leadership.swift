import Bytes
import Raft
import Store
import Time

// Who leads, and what time it is: the leader's time, as the log knows it.

extension Replica {
  /// Takes note of the leader, if that is another one.
  func noteLeader() {
    let term = node.core.term
    let current = node.core.leader.map { LeaderTerm(leader: $0, term: term) }
    if current == leader { return }
    leader = current
    if isLeader { leadInTime() } else { time.stopLeading() }
    writes.leaderChanged(to: leader, at: now)
    reads.leaderChanged()
    if let current {
      log(.info("leader", ["leader": name(of: current.leader), "term": current.term]))
      // What was held back, or waited for a leader, may go at once.
      isDueAgain = true
    } else {
      log(.warn("no_leader", ["term": term]))
    }
    dropLeaving()
    let time = time.now
    board.update { status in
      status.leaderSince = time
      if current != nil { status.leaderChanges += 1 }
    }
  }

  // MARK: Time

  /// Leads in the time of the log, once in each term and before anything is stamped: no stamp may
  /// be older than those that are there, whatever this node's clock says.
  func leadInTime() {
    if termOfTime == node.core.term { return }
    termOfTime = node.core.term
    advanceTime(to: latestStampInLog)
    time.lead()
  }

  /// Goes on from a stamp in the log.
  func advanceTime(to stamp: Timestamp?) {
    guard let stamp else { return }
    let lag = time.advance(to: stamp)
    guard lag > ClockDifference.tolerance, !hasToldOfLag else { return }
    // Once: as the log is applied there may be more of it.
    hasToldOfLag = true
    log(.warn("clock_behind_log", ["milliseconds": lag / 1_000]))
  }

  /// The newest stamp in the log, including what is not applied yet: the leader before has put it
  /// in order.
  private var latestStampInLog: Timestamp? {
    var latest = store.latestStamp
    let last = node.core.log.lastIndex
    for entry in node.core.log.entries(after: store.appliedIndex, through: last) {
      guard entry.kind == .command, entry.payload.mayHoldStamp,
        case .command(let command)? = try? Operation(entry, registry),
        let stamp = command.stampTime, stamp < .limit
      else { continue }
      latest = max(latest ?? stamp, stamp)
    }
    return latest
  }
}

extension [UInt8] {
  /// Whether a command's JSON may have a field with its stamp, as commands write it. Most have
  /// none: after a restart of all members there may be many thousands, which are not worth being
  /// decoded twice.
  fileprivate var mayHoldStamp: Bool {
    withUnsafeBytes { bytes in
      bytes.indices.contains { end in
        bytes[end] == UInt8(ascii: ":")
          && (bytes[..<end].suffix(atName.count).elementsEqual(atName)
            || bytes[..<end].suffix(nowName.count).elementsEqual(nowName))
      }
    }
  }
}

private let atName = Array("\"at\"".utf8)
private let nowName = Array("\"now\"".utf8)
