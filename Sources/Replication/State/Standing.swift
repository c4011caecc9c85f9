public import Raft
public import Store

/// What a node is in an election's terms.
public struct Standing: Hashable, Sendable {
  public let role: Role
  public let term: Term
  /// The member it voted for in that term.
  public let vote: NodeID?
  /// The leader it follows; itself if it leads.
  public let leader: NodeID?
}

/// A change of a node's standing, for people who want to see what has just happened.
public struct StandingChange: Hashable, Sendable {
  /// Counts the changes since the start.
  public let number: Int
  public let time: Timestamp
  public let standing: Standing
}

extension NodeStatus {
  /// How many changes are remembered.
  static let rememberedChanges = 32

  /// Notes the standing if it is another one than before, and returns whether it is.
  ///
  /// - Parameter time: the current time, asked for only then.
  mutating func note(_ standing: Standing, at time: @autoclosure () -> Timestamp) -> Bool {
    if standing == standingChanges.last?.standing { return false }
    let number = (standingChanges.last?.number ?? 0) + 1
    if standingChanges.count == Self.rememberedChanges { standingChanges.removeFirst() }
    standingChanges.append(StandingChange(number: number, time: time(), standing: standing))
    return true
  }
}
