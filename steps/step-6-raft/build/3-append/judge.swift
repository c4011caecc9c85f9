import Store

@testable import Raft

private func log(_ subject: Subject) -> String {
  subject.terms.map { "\($0)" }.joined(separator: " ")
}

/// What a follower of term 4 with these terms in its log makes of an append by n2.
private func follow(
  _ terms: [UInt64], commit: UInt64 = 0, after index: UInt64, _ term: UInt64, _ new: [UInt64],
  leaderCommit: UInt64 = 0
) -> String {
  var subject = Subject(of: 3, term: 4, terms: terms, commit: commit)
  _ = subject.takeSent()
  let entries = Subject.entries(new, after: index)
  subject.hear(append(after: index, term: term, entries, commit: leaderCommit), from: 2, term: 4)
  return "log \(log(subject)); \(said(subject.takeSent()))"
}

private func tell(
  _ terms: [UInt64], commit: UInt64 = 0, after index: UInt64, _ term: UInt64, _ new: [UInt64],
  is expected: String
) {
  let have = terms.map { "\($0)" }.joined(separator: " ")
  let brings = new.map { "\($0)" }.joined(separator: " ")
  check(
    "the log's terms are \(have), commit \(commit); an append after \(index)/\(term) of \(brings)",
    is: expected
  ) { follow(terms, commit: commit, after: index, term, new) }
}

func judge() async throws {
  invariant(1, "entries that follow on what is there are appended and acknowledged") {
    tell([], after: 0, 0, [4], is: "log 4; to n2 accepted up to 1")
    tell([1, 2], after: 2, 2, [4, 4], is: "log 1 2 4 4; to n2 accepted up to 4")
    tell([1, 2], after: 2, 2, [], is: "log 1 2; to n2 accepted up to 2")
  }
  invariant(2, "an append that does not fit is rejected, and changes nothing") {
    tell([1], after: 3, 2, [4], is: "log 1; to n2 rejected after 3: try 1/1 (log ends at 1)")
    tell(
      [1, 1, 1, 3], after: 4, 2, [4],
      is: "log 1 1 1 3; to n2 rejected after 4: try 3/1 (log ends at 4)")
  }
  invariant(
    3, "the hint skips what cannot match: it is the last position of the term or an earlier one"
  ) {
    tell(
      [1, 1, 2, 2, 3, 3], after: 6, 2, [4],
      is: "log 1 1 2 2 3 3; to n2 rejected after 6: try 4/2 (log ends at 6)")
    tell(
      [3, 3, 3], after: 3, 2, [4], is: "log 3 3 3; to n2 rejected after 3: try 0/0 (log ends at 3)")
  }
  invariant(4, "what contradicts goes, with all behind it; what is before stays") {
    tell([1, 2, 2, 2], after: 1, 1, [3, 3], is: "log 1 3 3; to n2 accepted up to 3")
    tell([1, 1, 2], after: 1, 1, [1, 4], is: "log 1 1 4; to n2 accepted up to 3")
    check("the log's terms are 1 2 2, all on the disk; an append after 1/1 of 4", is: "2/4") {
      var core = Subject(of: 3, term: 4, terms: [1, 2, 2]).core
      let content = append(after: 1, term: 1, Subject.entries([4], after: 1))
      core.step(Message(from: NodeID(2), to: core.id, term: Term(4), content: content))
      let written = core.takeEffects().entries.map { "\($0.index)/\($0.term)" }
      return written.isEmpty ? "nothing is written" : written.joined(separator: " ")
    }
  }
  invariant(5, "a message that was overtaken takes nothing back") {
    tell([1, 4, 4, 4], after: 1, 1, [4], is: "log 1 4 4 4; to n2 accepted up to 2")
    tell([1, 4, 4, 4], after: 1, 1, [], is: "log 1 4 4 4; to n2 accepted up to 1")
  }
  invariant(6, "what is known as committed is not looked at again") {
    tell([1, 1, 4], commit: 2, after: 1, 1, [1, 4], is: "log 1 1 4; to n2 accepted up to 2")
  }
  invariant(7, "it commits what the leader has, as far as this message proved equal") {
    check("the log's terms are 1 1 2, and after 1/1 nothing with commit 3", is: "commit 1") {
      var subject = Subject(of: 3, term: 4, terms: [1, 1, 2])
      subject.hear(append(after: 1, term: 1, [], commit: 3), from: 2, term: 4)
      return "commit \(subject.core.commitIndex)"
    }
    check("and after 1/1 two of term 4 with commit 2", is: "commit 2") {
      var subject = Subject(of: 3, term: 4, terms: [1, 1, 2])
      let entries = Subject.entries([4, 4], after: 1)
      subject.hear(append(after: 1, term: 1, entries, commit: 2), from: 2, term: 4)
      return "commit \(subject.core.commitIndex)"
    }
  }
  invariant(8, "a leader that contradicts what is committed is not obeyed: the node stops") {
    check("the log's terms are 1 1, commit 2; an append after 2/3", is: "stopped, and says nothing")
    {
      var subject = Subject(of: 3, term: 4, terms: [1, 1], commit: 2)
      _ = subject.takeSent()
      subject.hear(append(after: 2, term: 3, Subject.entries([4], after: 2)), from: 2, term: 4)
      let what = said(subject.takeSent())
      return (subject.core.violation == nil ? "goes on" : "stopped") + ", and says \(what)"
    }
  }
  invariant(9, "the scripts run as they are written") {
    try script("append_conflict_truncates_only_conflict")
    try script("delayed_append_does_not_truncate_acked_tail")
    try script("commit_not_beyond_verified_prefix")
    try script("reordered_appends")
    try script("figure7_all_followers")
    try script("backup_over_many_terms")
  }
}
