public import Raft

/// Who the members are, by name and address: replicated beside the store, and part of its
/// snapshots.
///
/// Raft knows members by their ids and counts their votes (``Raft/Membership``); this is the book
/// in which the ids are looked up. It changes by entries of the log alone, so all nodes that have
/// applied the same log have the same roster:
///
/// | entry | what it says |
/// | --- | --- |
/// | `{"do":"bootstrap","cluster":...,"members":[...]}` | the first leader's first command: the cluster's id, drawn by it, and the members it was started with |
/// | `{"do":"describe","member":{...}}` | a member's name, addresses or incarnation have changed |
/// | a membership entry with a `member` | that one was added |
/// | a membership entry | a member that is not in it was removed |
public struct Roster: Hashable, Sendable {
  /// Which cluster this is; nil until its first leader has said so.
  public internal(set) var cluster: UInt64?
  /// In ascending order of ids.
  public private(set) var members: [MemberRecord] = []
  /// The ids of those who were members once.
  public private(set) var removed: [NodeID] = []

  package init(cluster: UInt64? = nil, members: [MemberRecord] = [], removed: [NodeID] = []) {
    self.cluster = cluster
    self.members = members.sorted { $0.id < $1.id }
    self.removed = removed
  }

  /// The record of a member.
  public subscript(id: NodeID) -> MemberRecord? { members.first { $0.id == id } }

  /// What people call a member.
  public func name(of id: NodeID) -> String {
    guard let name = self[id]?.name, !name.isEmpty else { return id.hex }
    return name
  }

  /// Why a member cannot be added; nil if it can, or is one already.
  package func objection(to record: MemberRecord) -> String? {
    if self[record.id] != nil { return nil }
    if removed.contains(record.id) {
      return "\(record.name), \(record.id.hex), was removed: it needs an empty data directory"
    }
    if let excess = record.excess { return excess }
    if members.count >= PeerLimits.members {
      return "a cluster must have at most \(PeerLimits.members) members"
    }
    let urls = Set(record.urls)
    for member in members {
      if member.isNamed(record.name) {
        return "there is a member \(member.name), \(member.id.hex): remove it first"
      }
      if let url = member.urls.first(where: urls.contains) {
        return "\(name(of: member.id)) is reached at \(url)"
      }
    }
    return nil
  }

  /// Takes over what the first leader says. One that was leader for a moment may have said it
  /// before: the first one in the log counts.
  mutating func bootstrap(_ initial: Roster) {
    guard cluster == nil else { return }
    cluster = initial.cluster
    for member in initial.members where self[member.id] == nil { insert(member) }
  }

  /// Puts a member's record in the place of the one before; who is no member is not described.
  ///
  /// An incarnation is set once: a different one belongs to a node without its memory. And a name
  /// is one member's: of two that claim it at once, the first in the log has it.
  ///
  /// - Parameter known: the addresses that the record's writer saw in the log, if it knew any. If
  ///   they have changed since, the record's own do not count: what a process says of itself may
  ///   still be on its way when an operator has said where its successor will be.
  package mutating func describe(_ record: MemberRecord, knownAt known: [String]? = nil) {
    guard let place = members.firstIndex(where: { $0.id == record.id }) else { return }
    if members.contains(where: { $0.id != record.id && $0.isNamed(record.name) }) { return }
    let incarnation = members[place].incarnation
    if let incarnation, let new = record.incarnation, new != incarnation { return }
    let urls = members[place].urls
    members[place] = record
    members[place].incarnation = record.incarnation ?? incarnation
    if let known, known != urls { members[place].urls = urls }
  }

  /// A membership is in force, and brought in `added`.
  mutating func follow(_ membership: Membership, added: MemberRecord?) {
    if let added, membership.contains(added.id), self[added.id] == nil { insert(added) }
    for member in members where !membership.contains(member.id) { removed.append(member.id) }
    members.removeAll { !membership.contains($0.id) }
  }

  private mutating func insert(_ record: MemberRecord) {
    members.insert(record, at: members.firstIndex { $0.id > record.id } ?? members.endIndex)
  }
}
