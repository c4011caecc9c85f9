import EtcdV2
import JSON
import RunSupport
import Store
import Testing

@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct OperationTests {
  private static let commands: [any Command.Type] = [Put.self, Delete.self] + EtcdCommands.all

  @Test func `no operation on the members is taken for a command, nor a command for one`() throws {
    let registry = CommandRegistry(Self.commands)
    for type in Self.commands {
      let json = #"{"do":"\#(type.name)","key":"/a","value":"1","dir":true}"#
      let operation = try Operation(JSONDocument(Array(json.utf8)).root, registry, isLogged: true)
      guard case .command(let command) = operation else {
        Issue.record("\(type.name) is read as \(operation)")
        continue
      }
      #expect(Swift.type(of: command) == type)
    }
  }
}
