import Foundation
import HTTP
import JSON
import RunSupport
import Testing

/// A node that is told by two nodes that they lead one term.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct ViolationTests {
  private let asking: Asking
  init() throws { asking = try Asking() }

  /// Has `victim` hear that `liar` leads the term in which another member does.
  /// - Returns: the term.
  private func lie(
    to victim: ThreeMembers.Member, as liar: ThreeMembers.Member
  ) async throws -> UInt64 {
    func json(_ target: String) async throws -> JSONValue {
      try JSONDocument(Array(try await asking.ask(.get, target, on: victim.port).text.utf8)).root
    }
    let members = try #require(try await json("/v2/members")["members"]?.elements)
    func id(_ member: ThreeMembers.Member) -> String {
      members.first { $0["name"]?.string == member.name }?["id"]?.string ?? ""
    }
    let log = try String(
      contentsOfFile: liar.directory.path + "/wal-0000000000000001.jsonl", encoding: .utf8)
    let head = try JSONDocument(Array(log.prefix { $0 != "\n" }.utf8)).root
    let term = try #require(try await json("/stats")["term"]?.uint64)
    let message =
      #"{"cluster":null,"from":"\#(id(liar))","incarnation":"#
      + #""\#(head["incarnation"]?.string ?? "")","to":"\#(id(victim))","messages":["#
      + #"{"t":"heartbeat","term":\#(term),"commit":[0,0],"round":1}]}"#
    // The node may end before it has answered.
    _ = try? await asking.ask(.post, "/raft/messages", message, on: victim.port)
    return term
  }

  /// No file of the process may grow: to its log that is a full disk.
  private func limitFiles(of child: Child) throws {
    let limits = ["--pid", "\(child.id)", "--fsize=1:unlimited"]
    #expect(try RunSupport.run("prlimit", limits).status == 0)
  }

  private func run(
    _ arguments: [String]
  ) async throws -> (status: Int32, output: String, diagnostics: String) {
    let child = try Child("mini-etcd", arguments, output: .kept, diagnostics: .kept)
    let status = await child.end()
    return (status, child.keptOutput(), child.keptDiagnostics())
  }

  @Test func `only an operator has a node start again that saw a promise broken`() async throws {
    let cluster = try await ThreeMembers(asking)
    let leader = try await cluster.leader()
    while try await cluster.put("key", "1", at: leader) != .ok {}
    let others = cluster.members.filter { $0.name != leader.name }
    let (victim, liar) = (others[0], others[1])
    let (arguments, directory) = (cluster.arguments(of: victim), victim.directory.path)

    // Once more, with its log kept.
    #expect(await victim.child.end(by: SIGTERM) == 0)
    var child = try Child("mini-etcd", arguments, diagnostics: .kept)
    _ = try await child.port()
    // A leader is heard from.
    #expect(try await cluster.get("key", at: victim) == "1")
    let term = try await lie(to: victim, as: liar)
    #expect(await child.end() == 1)
    let what = "\(leader.name) and \(liar.name) both lead term \(term)"
    let log = child.keptDiagnostics()
    #expect(
      log.contains(
        " error event=violation node=\(victim.name) what=\"\(what)\" recorded=true\n"), "\(log)")

    // As under a supervisor.
    let refusals = [try await run(arguments), try await run(arguments)]
    for (status, _, diagnostics) in refusals {
      #expect(
        diagnostics
          == "mini-etcd: the log must not be used any more: its server saw what must never happen: "
          + "\(what); an operator can override this: mini-etcd override-violation DIR\n")
      #expect(status == 1)
    }
    let verified = try await run(["wal", "verify", directory])
    #expect(verified.output.hasSuffix("not closed, and not to be used, for a violation: \(what)\n"))

    let decided = try await run(["override-violation", directory])
    #expect(decided.status == 0 && decided.output.hasSuffix("in spite of what was seen: \(what)\n"))
    let again = try await run(["override-violation", directory])
    #expect(again.status == 1 && again.diagnostics.contains("there is no violation to override"))
    let dumped = try await run(["wal", "dump", directory]).output
    #expect(dumped.contains("violation: \(what)\n") && dumped.contains("an operator overrides"))

    for _ in 1...2 {
      child = try Child("mini-etcd", arguments, diagnostics: .kept)
      _ = try await child.port()
      #expect(try await cluster.get("key", at: victim) == "1")
      #expect(await child.end(by: SIGTERM) == 0)
    }

    // A full disk hides nothing.
    child = try Child("mini-etcd", arguments, diagnostics: .kept)
    _ = try await child.port()
    #expect(try await cluster.get("key", at: victim) == "1")
    try limitFiles(of: child)
    let later = try await lie(to: victim, as: liar)
    #expect(await child.end() == 1)
    #expect(
      child.keptDiagnostics().contains(
        " error event=violation node=\(victim.name) "
          + "what=\"\(leader.name) and \(liar.name) both lead term \(later)\" recorded=false reason="
      ))
    for member in [leader, liar] { #expect(await member.child.end(by: SIGTERM) == 0) }
  }

  @Test func `there is nothing to override where there is no log`() async throws {
    let directory = try ScratchDirectory()
    let missing = directory.path + "/missing"
    for path in [directory.path, missing] {
      let refused = try await run(["override-violation", path])
      #expect(refused.status == 1 && refused.diagnostics == "mini-etcd: \(path) holds no log\n")
    }
    #expect(!FileManager.default.fileExists(atPath: missing))
    for arguments in [[], ["a", "b"], ["-data-dir"]] {
      let refused = try await run(["override-violation"] + arguments)
      #expect(refused.status == 2 && refused.diagnostics.hasPrefix("usage: mini-etcd override-"))
    }
  }
}
