@testable import Raft

/// Runs a script of Tests/RaftTests/Scenarios, and compares what happens with what it expects, line
/// by line.
func script(_ name: String) throws {
  let scenario = try Scenario(named: name)
  var cluster = ScenarioCluster()
  for block in scenario.blocks {
    let words = block.directives.joined(separator: "; ")
    Trial.begin(with: "Tests/RaftTests/Scenarios/\(name).txt, after: \(words)")
    cluster.trace = []
    var complaint: String?
    for directive in block.directives where complaint == nil {
      do { try cluster.obey(directive) } catch { complaint = "\(error)" }
    }
    let trace = cluster.trace.isEmpty ? ["ok"] : cluster.trace
    if trace != block.expected { differs(block.expected, trace) }
    if let complaint { broken("what the script insists on", complaint) }
  }
}

/// Shows the first line that differs, and the two before it.
private func differs(_ expected: [String], _ seen: [String]) -> Never {
  let place = zip(expected, seen).prefix { $0 == $1 }.count
  for line in expected[..<place].suffix(2) { say("  …         \(line)") }
  func line(_ lines: [String]) -> String {
    place < lines.count ? lines[place] : "nothing more happens"
  }
  broken(line(expected), line(seen))
}

/// What a node is, in a few words: `follower in term 2, voted n3`.
func state(_ subject: Subject) -> String {
  let vote = subject.core.vote.map { ", voted \($0)" } ?? ""
  return "\(words(subject.core.role)) in term \(subject.core.term)\(vote)"
}

/// What a node said, one message after the other.
func said(_ messages: [Message]) -> String {
  messages.isEmpty ? "nothing" : messages.map { "to \($0.to) \(words($0))" }.joined(separator: "; ")
}
