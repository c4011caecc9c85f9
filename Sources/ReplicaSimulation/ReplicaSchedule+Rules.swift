import Raft
import Replication

// What runs are judged by, and how it is told.

extension ReplicaSchedule {
  /// What went wrong, and when.
  package struct Failure: Error, CustomStringConvertible {
    package let seed: UInt64
    let round: Int
    let rule: Rule
    let what: String
    /// For people: the seed, the round, what went wrong, and the last lines of the story.
    package var description: String { "seed \(seed), round \(round), \(rule): \(what)" }
  }

  /// What every run is judged by.
  enum Rule {
    /// No node sees what Raft makes impossible.
    case promises
    /// What one node has committed no other commits otherwise.
    case oneHistory
    /// What clients saw could have happened one after the other.
    case linearizable
    /// No key expires before its time, by any machine's clock.
    case notTooEarly
    /// What a node has shown without asking anybody it still has when it shows its store again.
    case shownStays
    /// Watchers are told the same at every node, each event once and in order.
    case sameEvents
    /// Every request is answered within the patience of its node.
    case answered
    /// A process ends only if its disk fails it, or if it was removed.
    case staysUp
    /// When the faults have ended everything asked for is done, and all members agree.
    case comesToRest
  }

  func failure(_ rule: Rule, _ what: String) -> Failure {
    let states = hosts.map { host -> String in
      guard let core = host.node?.replica.node.core else {
        return "\(host.name) is \(host.isGone ? "gone" : "down")"
      }
      return "\(host.name) \(core.id.hex): \(core.role) in term \(core.term), log to "
        + "\(core.log.lastIndex), committed \(core.commitIndex), voters "
        + core.membership.voters.map(\.hex).joined(separator: " ")
    }
    return Failure(
      seed: seed, round: round, rule: rule,
      what: ([what] + states + story.suffix(60)).joined(separator: "\n  "))
  }
}
