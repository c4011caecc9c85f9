import Raft
import Store

/// Watches everything and knows what no node can: all logs, all disks, all votes. Each check costs
/// little, for it looks only at what just changed; that all before it was right, it knows already.
struct Referee {
  /// An entry that is committed, as the first node that said so had it.
  private struct Committed {
    var term: Term
    var hash: UInt64
    /// The term of that node then; the entry was committed in it.
    var committedIn: Term
    /// Of the state after it, once a node has applied it.
    var digest: UInt64?
  }
  private struct KnownEntry {
    var term: Term
    var previousTerm: Term
    var hash: UInt64
  }

  private var leaders: [NodeID?] = []
  /// By host and term.
  private var votes: [[NodeID?]] = []
  /// By index: every entry that ever stood there in some log.
  private var entries: [[KnownEntry]] = []
  private var committed: [Committed] = []
  /// The members by one of which the last entry was committed: those before and after the input.
  private var committers: [Membership]
  private var members: Membership
  /// Every change committed so far.
  private var changes: [(index: LogIndex, members: Membership)] = []
  /// By operation: the index it was applied at.
  private var appliedAt: [LogIndex] = []
  private var lostOperations: Set<UInt32> = []

  private(set) var failure: (Invariant, String)?
  /// Elections won, for the report.
  private(set) var electionCount = 0

  init(members: Membership) {
    committers = [members]
    self.members = members
  }

  var lastCommitted: LogIndex { LogIndex(UInt64(committed.count)) }
  /// The members as of the last committed entry.
  var currentMembers: Membership { members }

  mutating func fail(_ invariant: Invariant, _ description: String) {
    if failure == nil { failure = (invariant, description) }
  }

  // MARK: Elections

  /// A node leads. It must have a majority of votes under the membership by which it goes, counted
  /// here from what the voters sent and not from what the node believes.
  mutating func elected(_ core: RaftCore, by ballots: [NodeID]) {
    electionCount += 1
    if ballots.count < core.membership.quorum {
      fail(
        .membershipsIntersect,
        "\(core.id) leads term \(core.term) by the votes of \(ballots), of voters "
          + "\(core.membership.voters)")
    }
    let term = Int(core.term.rawValue)
    while leaders.count <= term { leaders.append(nil) }
    if let other = leaders[term], other != core.id {
      fail(.oneLeaderPerTerm, "\(other) and \(core.id) both lead term \(term)")
    }
    leaders[term] = core.id
    checkCompleteness(of: core)
  }

  /// The last entry committed before this term must be in the leader's log; then all before it are.
  private mutating func checkCompleteness(of core: RaftCore) {
    var last = committed.count
    while last > 0, committed[last - 1].committedIn >= core.term { last -= 1 }
    guard last > 0 else { return }
    let index = LogIndex(UInt64(last))
    if index <= core.log.base.index { return }
    if core.log.term(at: index) != committed[last - 1].term {
      fail(
        .leaderCompleteness,
        "\(core.id) leads term \(core.term) without entry \(index), committed before")
    }
    if last == committed.count, !committers.contains(where: { intersect(core.membership, $0) }) {
      fail(
        .membershipsIntersect,
        "\(core.id) was elected by \(core.membership.voters), the last commit was by others")
    }
  }

  mutating func voted(_ host: Int, term: Term, for candidate: NodeID, by voter: NodeID) {
    while votes.count <= host { votes.append([]) }
    let place = Int(term.rawValue)
    while votes[host].count <= place { votes[host].append(nil) }
    if let other = votes[host][place], other != candidate {
      fail(.oneVotePerTerm, "\(voter) voted for \(other) and for \(candidate) in term \(term)")
    }
    votes[host][place] = candidate
  }

  /// The voters of a membership that have voted for a candidate, as far as they have said so. The
  /// candidate itself says so only to others; its disk tells.
  func ballots(for candidate: Host, in term: Term, under members: Membership) -> [NodeID] {
    members.voters.filter { voter in
      if voter == candidate.id {
        let state = candidate.disk.hardState
        return state.term == term && state.vote == voter
      }
      let (host, place) = (Int(voter.rawValue) - 1, Int(term.rawValue))
      return votes.indices.contains(host) && votes[host].indices.contains(place)
        && votes[host][place] == candidate.id
    }
  }

  // MARK: Entries

  /// Entries a node has put into its log, behind `previous`.
  mutating func logged(_ new: [Entry], after previousTerm: Term?, by node: NodeID) {
    var before = previousTerm
    for entry in new {
      let place = Int(entry.index.rawValue) - 1
      while entries.count <= place { entries.append([]) }
      let hash = Referee.hash(entry)
      if let known = entries[place].first(where: { $0.term == entry.term }) {
        if known.hash != hash || before != nil && known.previousTerm != before {
          fail(
            .logMatching, "\(node) has another entry \(entry.position) than others, or before it")
        }
      } else if let before {
        entries[place].append(KnownEntry(term: entry.term, previousTerm: before, hash: hash))
      }
      before = entry.term
    }
  }

  static func hash(_ entry: Entry) -> UInt64 {
    var digest = Digest()
    digest.add(Digest.of(entry.payload))
    switch entry.kind {
    case .command: digest.add(1)
    case .noOp: digest.add(2)
    case .membership(let membership):
      for voter in membership.voters { digest.add(voter.rawValue) }
      digest.add(3)
      for learner in membership.learners { digest.add(learner.rawValue) }
    }
    return digest.value
  }

  /// A node takes this entry for committed. True if it is the first to say so.
  mutating func committed(_ entry: Entry, by core: RaftCore, under memberships: [Membership])
    -> Bool
  {
    let place = Int(entry.index.rawValue) - 1
    let hash = Referee.hash(entry)
    if place < committed.count {
      if committed[place].term != entry.term || committed[place].hash != hash {
        fail(
          .sameCommandAtSameIndex,
          "\(core.id) commits \(entry.position); committed there is one of term \(committed[place].term)"
        )
      }
      return false
    }
    guard place == committed.count else {
      fail(
        .sameCommandAtSameIndex, "\(core.id) commits \(entry.index) before what stands before it")
      return false
    }
    committed.append(
      Committed(term: entry.term, hash: hash, committedIn: core.term, digest: nil))
    committers = memberships
    if case .membership(let next) = entry.kind {
      if !intersect(members, next) || distance(members, next) > 1 {
        fail(
          .membershipsIntersect,
          "after voters \(members.voters) come \(next.voters), more than one change on")
      }
      members = next
      changes.append((index: entry.index, members: next))
    }
    return true
  }

  mutating func applied(_ index: LogIndex, digest: UInt64, by node: NodeID) {
    let place = Int(index.rawValue) - 1
    guard committed.indices.contains(place) else { return }
    if let known = committed[place].digest, known != digest {
      fail(.equalStateAtEqualIndex, "\(node)'s state after \(index) differs from others'")
    }
    committed[place].digest = digest
  }

  /// The client's operation was applied, by the first node to reach this index.
  mutating func applied(operation: UInt32, at index: LogIndex) {
    let place = Int(operation)
    while appliedAt.count <= place { appliedAt.append(.zero) }
    if appliedAt[place] != .zero, appliedAt[place] != index {
      fail(.appliedOnce, "operation \(operation) took place at \(appliedAt[place]) and at \(index)")
    }
    if lostOperations.contains(operation) {
      fail(.appliedOnce, "operation \(operation) took place after its client heard it never would")
    }
    appliedAt[place] = index
  }

  mutating func lost(operation: UInt32) {
    lostOperations.insert(operation)
    let place = Int(operation)
    if place < appliedAt.count, appliedAt[place] != .zero {
      fail(.appliedOnce, "operation \(operation) is called lost, and was applied")
    }
  }

  // MARK: Disks

  /// Whether what is committed is still on a majority of the disks that committed it.
  mutating func checkDurability(_ hosts: [Host]) {
    guard let last = committed.last else { return }
    let position = LogPosition(index: lastCommitted, term: last.term)
    for members in committers {
      let count = members.voters.count { hosts[Int($0.rawValue) - 1].disk.holds(position) }
      if count >= members.quorum { return }
    }
    fail(.committedIsDurableOnQuorum, "entry \(position) is committed, and on too few disks")
  }

  /// Whether some node that lacks what is committed could be elected: its log at least as up to
  /// date as those of a majority. Then the entry could be lost, whether or not it will be in this
  /// schedule.
  mutating func checkElectable(_ hosts: [Host], under members: Membership) {
    guard let last = committed.last else { return }
    let position = LogPosition(index: lastCommitted, term: last.term)
    for candidate in members.voters {
      let host = hosts[Int(candidate.rawValue) - 1]
      if host.holds(position) { continue }
      let end = host.lastPosition
      let votes = members.voters.count {
        end.isAtLeastAsUpToDate(as: hosts[Int($0.rawValue) - 1].lastPosition)
      }
      if votes >= members.quorum {
        fail(
          .leaderCompleteness,
          "\(position) is committed, and \(candidate), whose log ends at \(end), could lead without"
        )
      }
    }
  }

  // MARK: Memberships

  /// The members by which a node goes, as of a committed index, must be what the log says there.
  mutating func checkMembers(_ membership: Membership, at index: LogIndex, of node: NodeID) {
    guard let known = changes.last(where: { $0.index <= index }) else { return }
    if known.members != membership {
      fail(
        .membershipsIntersect,
        "\(node) at \(index) goes by \(membership.voters), the log says \(known.members.voters)")
    }
  }
}
