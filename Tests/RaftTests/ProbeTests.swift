import RunSupport
import Store
import Testing

@testable import Raft

/// How a leader finds out where a follower's log parts from its own.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ProbeTests {
  /// Heartbeats overtake what is large. On a link of 64 KiB a second, ten probes of 64 KiB a second
  /// would never all arrive, and the follower would answer ever older ones.
  @Test func `probes that are not answered are sent ever more rarely`() {
    var node = Subject(of: 3, term: 1, terms: [1, 1, 1])
    node.becomeLeader()
    let term = node.core.term.rawValue
    var probes = 0
    for _ in 0..<500 {
      node.tick()
      for message in node.takeSent() {
        switch (message.to.rawValue, message.content) {
        case (2, .appendEntries): probes += 1
        case (let to, .heartbeat(let heartbeat)):
          node.hear(.heartbeatReply(round: heartbeat.round), from: to, term: term)
        default: break
        }
      }
    }
    #expect(probes >= 7)
    #expect(probes <= 16)
  }
}
