import Raft

extension Referee {
  /// Whether any majority of one and any of the other share a node.
  func intersect(_ a: Membership, _ b: Membership) -> Bool {
    let common = a.voters.count { b.isVoter($0) }
    let besideA = max(0, a.quorum - (a.voters.count - common))
    let besideB = max(0, b.quorum - (b.voters.count - common))
    return besideA + besideB > common
  }

  /// How many voters are in one and not in the other.
  func distance(_ a: Membership, _ b: Membership) -> Int {
    a.voters.count { !b.isVoter($0) } + b.voters.count { !a.isVoter($0) }
  }
}
