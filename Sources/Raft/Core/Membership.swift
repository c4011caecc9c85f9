/// One step of the membership (single-server changes; dissertation, section 4.1).
///
/// One at a time: any majority of the members before a step and any majority of those after it
/// share a node, so two leaders of one term cannot both be elected.
public enum MembershipChange: Hashable, Sendable {
  /// Begins to receive the log, without a vote (dissertation, section 4.2.1).
  case addLearner(NodeID)
  /// Gives a learner that has caught up its vote.
  case promote(NodeID)
  /// Takes a voter or a learner out.
  case remove(NodeID)

  /// The node that comes, rises or goes.
  public var node: NodeID {
    switch self {
    case .addLearner(let node), .promote(let node), .remove(let node): node
    }
  }
}

/// Who takes part, and with what right.
///
/// The membership in force is that of the *committed* prefix of the log, not of its tail as in the
/// dissertation: a tail that is overwritten takes no membership back with it, and a snapshot brings
/// no change that never was. Four rules make that safe:
///
/// - A leader proposes a change only after the change before it is committed, and after an entry of
///   its own term is (Ongaro's correction of 2015).
/// - It says so: the entry travels with the commit index, and is written to disk no sooner than
///   that index. So a node that holds change k+1 in its log knows that change k is in force, and
///   campaigns under it, even after a crash.
/// - Hence a candidate that wins under membership k without change k+2 in its log, and the quorum
///   of membership k+1 that committed change k+2, would have a voter in common, who keeps such a
///   log from winning. So nothing beyond change k+1 is committed when membership k elects a leader,
///   and any other node elected in that term goes by a membership next to it.
/// - That holds for what is counted under *one* membership. So whatever was collected before a
///   change came into force is counted again under the new one: ballots (`recountBallots`), and
///   what a leader knows of its peers (`reachedByQuorum`).
public struct Membership: Hashable, Sendable {
  /// Those whose votes and acknowledgements count, in ascending order.
  public private(set) var voters: [NodeID]
  /// Those who receive the log only, in ascending order.
  public private(set) var learners: [NodeID]

  public init(voters: [NodeID], learners: [NodeID] = []) {
    self.voters = voters.sorted()
    self.learners = learners.sorted()
  }

  /// How many voters make a majority.
  public var quorum: Int { voters.count / 2 + 1 }

  /// Whether its vote counts; O(members), as are the others.
  public func isVoter(_ node: NodeID) -> Bool { voters.contains(node) }

  /// Whether it receives the log without a vote.
  public func isLearner(_ node: NodeID) -> Bool { learners.contains(node) }

  /// Whether it takes part at all.
  public func contains(_ node: NodeID) -> Bool { isVoter(node) || isLearner(node) }

  /// The membership after a change; one that says nothing new changes nothing.
  public func applying(_ change: MembershipChange) -> Membership {
    let node = change.node
    let others = Membership(
      voters: voters.filter { $0 != node }, learners: learners.filter { $0 != node })
    switch change {
    case .remove:
      return others
    case .addLearner:
      if isVoter(node) { return self }
      return Membership(voters: others.voters, learners: others.learners + [node])
    case .promote:
      return Membership(voters: others.voters + [node], learners: others.learners)
    }
  }
}
