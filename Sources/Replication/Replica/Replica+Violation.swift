import Bytes
import Raft
package import WAL

// What Raft makes impossible, and this node has seen all the same.

extension Replica {
  /// Says why the node must stop.
  package func noteFailure(_ error: JournalError) {
    if let violation = node.core.violation {
      note(violation)
    } else {
      log(.error("failed", ["reason": "\(error)"]))
    }
  }

  /// Has the log say what was seen, so that no restart goes on as if nothing had happened, and says
  /// it here, whether or not it could be written.
  private func note(_ violation: Violation) {
    let what = words(violation)
    do throws(JournalError) {
      try journal.recordViolation(what)
      log(.error("violation", ["what": what, "recorded": true]))
    } catch {
      log(.error("violation", ["what": what, "recorded": false, "reason": "\(error)"]))
    }
  }

  func words(_ violation: Violation) -> String {
    switch violation {
    case .secondLeader(let term, let first, let second):
      "\(roster.name(of: first)) and \(roster.name(of: second)) both lead term \(term)"
    case .committedEntryContradicted(let position, let leader):
      "the log of \(roster.name(of: leader)), which leads, contradicts log index "
        + "\(position.index) of term \(position.term), which is committed here"
    case .acknowledgedEntriesLost(let matchIndex, let lastIndex):
      "this node acknowledged log index \(matchIndex), and its log ends at \(lastIndex)"
    }
  }
}
