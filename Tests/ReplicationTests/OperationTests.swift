import EtcdV2
import JSON
import RandomSupport
import RunSupport
import Store
import Testing
import Timeout
import WAL

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct OperationTests {
  private static let commands: [any Command.Type] =
    [Put.self, Delete.self, Expire.self] + EtcdCommands.all

  @Test func `no operation on the members is taken for a command, nor a command for one`() throws {
    let registry = CommandRegistry(Self.commands)
    for type in Self.commands {
      let json = #"{"do":"\#(type.name)","key":"/a","value":"1","dir":true,"limit":1}"#
      let operation = try Operation(JSONDocument(Array(json.utf8)).root, registry, isLogged: true)
      guard case .command(let command) = operation else {
        Issue.record("\(type.name) is read as \(operation)")
        continue
      }
      #expect(Swift.type(of: command) == type)
    }
  }

  /// Seeded: members that commands have, and others, of any kind and in any order. Of each kind of
  /// command, dozens are read the short way: see ``WAL/Store/CommandRegistry/plainCommand(in:)``.
  @Test(arguments: seeds)
  func `a command is the same, whichever way it is read`(seed: UInt64) throws {
    let registry = CommandRegistry(Self.commands)
    var random = SeededRandom(seed)
    var read = [String: Int]()
    for _ in 0..<rounds(20_000) {
      let json = Array(Self.members(&random).utf8)
      let long = Result { try registry.decode(JSONDocument(json).root, isLogged: true) }
      guard let short = registry.plainCommand(in: json) else { continue }
      #expect("\(Result<any Command, any Error>.success(short))" == "\(long)")
      read["\(type(of: short).name)", default: 0] += 1
    }
    #expect(read.count == Self.commands.count && read.values.allSatisfy { $0 > 20 }, "\(read)")
  }

  private static func members(_ random: inout SeededRandom) -> String {
    func pick(_ choices: [String]) -> String {
      choices[Int.random(in: choices.indices, using: &random)]
    }
    let integers = ["0", "-1", "17", "1767225600000000", "9223372036854775807", "-0", "00", "1e3"]
    let texts = [#""""#, #""a""#, #""/a/b/""#, #""..""#, #""云""#, #""a\nb""#, #"{"b64":"/w=="}"#]
    var members = [#""do":"\#(pick(commands.map { "\($0.name)" }))""#, #""key":\#(pick(texts))"#]
    for name in ["value", "prevValue"] where !random.oneIn(3) {
      members.append(#""\#(name)":\#(pick(random.oneIn(9) ? integers : texts))"#)
    }
    for name in ["ttl", "expires", "at", "prevIndex", "limit", "now"] where random.oneIn(3) {
      members.append(#""\#(name)":\#(pick(random.oneIn(9) ? texts : integers))"#)
    }
    for name in ["dir", "recursive", "refresh", "inOrder"] where random.oneIn(4) {
      members.append(#""\#(name)":\#(pick(["true", "false", "true", "null", "1"]))"#)
    }
    if random.oneIn(2) { members.shuffle(using: &random) }
    if random.oneIn(9) { members.append(pick(members)) }
    return "{\(members.joined(separator: ","))}"
  }
}
