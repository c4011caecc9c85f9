import Platform
import RunSupport
import Testing

@testable import Options

/// Flags that are not given are read from the environment.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct EnvironmentTests {
  struct Settings: Equatable {
    var dataDirectory = "./wal-data"
    var count = 3
    var joins = false
    var peers: [String] = []
  }

  private static let flags = FlagSet(
    "mini-demo", "A program.", defaults: Settings(), variablePrefix: "MINI_DEMO_",
    [
      Flag("data-dir", \.dataDirectory, "where"), Flag("count", \.count, in: 1...9, "how many"),
      Flag("join", \.joins, "whether"), Flag("peers", \.peers, "who"),
    ])

  private func settings(
    _ arguments: [String], _ environment: [String: String]
  ) throws -> Settings? {
    guard case .run(let settings) = try Self.flags.parse(arguments, environment: environment) else {
      return nil
    }
    return settings
  }

  @Test func `a flag that is not given has the value of its variable`() throws {
    let environment = [
      "MINI_DEMO_DATA_DIR": "d", "MINI_DEMO_COUNT": "5", "MINI_DEMO_JOIN": "true",
      "MINI_DEMO_PEERS": "a,b", "DATA_DIR": "no", "PATH": "/bin",
    ]
    let wanted = Settings(dataDirectory: "d", count: 5, joins: true, peers: ["a", "b"])
    #expect(try settings([], environment) == wanted)
  }

  @Test func `a flag that is given counts more than its variable`() throws {
    let environment = ["MINI_DEMO_COUNT": "5", "MINI_DEMO_JOIN": "true"]
    #expect(try settings(["-count=3", "-join=false"], environment) == Settings())
    // What is not used need not be right either.
    #expect(try settings(["-count=4"], ["MINI_DEMO_COUNT": "x"])?.count == 4)
  }

  @Test func `an empty variable is none`() throws {
    #expect(try settings([], ["MINI_DEMO_COUNT": "", "MINI_DEMO_DATA_DIR": ""]) == Settings())
  }

  @Test func `a wrong variable is named`() {
    #expect {
      try settings([], ["MINI_DEMO_COUNT": "10"])
    } throws: {
      "\($0)"
        == #"invalid value "10" for environment variable MINI_DEMO_COUNT: must be from 1 to 9"#
    }
  }

  @Test func `the help is shown whatever is in the environment`() throws {
    guard case .help = try Self.flags.parse(["-help"], environment: ["MINI_DEMO_COUNT": "x"]) else {
      Issue.record("no help")
      return
    }
  }

  @Test func `a variable that belongs to no flag is reported`() {
    let environment = [
      "MINI_DEMO_COUNT": "1", "MINI_DEMO_CUONT": "1", "MINI_DEMO_": "", "MINI_DEMOS": "", "X": "1",
    ]
    #expect(
      Self.flags.unknownVariables(in: environment) == ["MINI_DEMO_", "MINI_DEMO_CUONT"])
  }

  @Test func `the environment of a process is read as it is`() {
    let environment = Platform.environment()
    #expect(environment["PATH"]?.isEmpty == false)
  }
}
