import Options
import RunSupport
import Testing

@testable import mini_etcd_bench

/// What the command line may ask for.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SettingsTests {
  @Test func `two targets may be spoken to in different words`() throws {
    let settings = try parse([
      "-a", "http://127.0.0.1:8080/", "-a-api", "course", "-b=localhost:2379", "-b-api=v2",
      "-load=get,mixed", "-connections=64,256", "-duration=500ms",
    ])
    #expect(settings.contradiction == nil)
    #expect(
      settings.targets.map(\.endpoint.flagText) == [
        "http://127.0.0.1:8080", "http://localhost:2379",
      ])
    #expect(settings.targets.map(\.api) == [.course, .v2])
    #expect(settings.loads == [.get, .mixed])
    #expect(settings.connections == [64, 256])
    #expect(settings.duration == .milliseconds(500))
  }

  @Test func `without -b one server is measured`() throws {
    #expect(try parse([]).targets.map(\.name) == ["a"])
  }

  @Test(arguments: [
    ["-connections="], ["-connections=0"], ["-connections=64,20001"], ["-load="], ["-requests=0"],
    ["-keys="], ["-keys=0"], ["-keys=10,100000001"],
    ["-load=memory"], ["-load=memory", "-a-pid=1", "-b=h:1"], ["-a-api=fixed"],
    ["-b=h:1", "-b-api=fixed", "-load=get,put"], ["-keys=10,10"], ["-keys=10,5"],
    ["-load=restart"], ["-load=restart", "-a-start=x", "-b=h:1"], ["-b-start=x"],
    ["-a-start=x", "-a-pid=1"], ["-b=h:1", "-b-start=x", "-b-pid=1"],
    ["-load=memory", "-a-start=x", "-b=h:1"],
  ])
  func `flags that contradict one another are refused`(_ arguments: [String]) throws {
    #expect(try parse(arguments).contradiction != nil)
  }

  @Test(arguments: [
    ["-load=memory", "-a-start=x"], ["-load=memory", "-a-start=x", "-b=h:1", "-b-pid=1"],
    ["-load=restart,expire", "-a-start=x", "-b=h:1", "-b-start=y"], ["-keys=10,11,12"],
  ])
  func `flags that agree are taken`(_ arguments: [String]) throws {
    #expect(try parse(arguments).contradiction == nil)
  }

  @Test(arguments: [
    ("a", "a"), ("-keys=1,2", "-keys=1,2"), ("", "''"), ("a b", "'a b'"), ("$(x)", "'$(x)'"),
    ("it's", #"'it'\''s'"#),
  ])
  func `an argument is shown as a shell has to be given it`(_ argument: String, _ shown: String) {
    #expect(Settings.quoted(argument) == shown)
  }

  @Test(arguments: [
    ["-a=https://h:1"], ["-a=:8080"], ["-a=h"], ["-a-api=v3"], ["-rounds=0"], ["-duration=1ms"],
    ["-keys=many"], ["-load=fast"], ["-deadline=0s"], ["-ttl=1"], ["-expiring=0"],
  ])
  func `values out of bounds are refused`(_ arguments: [String]) {
    #expect(throws: UsageError.self) { try Settings.flags.parse(arguments) }
  }

  private func parse(_ arguments: [String]) throws -> Settings {
    guard case .run(let settings) = try Settings.flags.parse(arguments) else {
      throw UsageError.unexpectedArgument("help")
    }
    return settings
  }
}
