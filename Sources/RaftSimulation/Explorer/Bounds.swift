/// How far an exhaustive search goes: what may happen, and how often on one path.
///
/// Inside its bounds a search is complete; about everything beyond them it says nothing.
public struct Bounds: Hashable, Sendable {
  /// Voters at the start, n1 to n*k*.
  public var voters = 3
  /// Learners at the start, numbered after the voters.
  public var learners = 0
  /// Whether n1 leads at the start, in term 1, with everything delivered.
  public var startsLed = true
  /// Whether n1 has proposed at the start to remove the last voter. All other voters have the entry
  /// and have said so, but n1 has not heard them, and an election timeout has passed: any of them
  /// may campaign. What was sent to the voter that is to go is lost. Needs ``startsLed``.
  public var startsRemoving = false
  /// How often an election timer may fire, over all nodes.
  public var timeouts = 2
  /// How often all nodes may go an election timeout without a word from a leader.
  public var lapses = 1
  /// How often a leader may give up because it heard no majority.
  public var stepDowns = 1
  /// How many commands may be proposed.
  public var proposals = 1
  /// How many changes of membership may be proposed.
  public var changes = 0
  /// How often a leader may send heartbeats; each begins a round for the reads that wait.
  public var beats = 0
  /// How many reads may be asked for.
  public var reads = 0
  /// How often a connection may break: everything on its way in one direction is lost.
  public var breaks = 0
  /// How often a node may crash. It is back at once, with what it had handed to its disk.
  public var crashes = 0
  /// How often a disk may break its promise in a crash, and lose the vote of the current term. Raft
  /// is not made for that: with one such crash a search finds two leaders in a term.
  public var forgets = 0
  /// How often leadership may be handed over.
  public var transfers = 0

  public init() {}

  var nodes: Int { voters + learners }
}
