import Bytes
import Options
import RunSupport
import Testing

/// What a program with one flag of each kind understands, and what it says when it does not.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct FlagSetTests {
  struct Settings: Equatable {
    var name = "node1"
    var count = 0
    var join = false
    var timeout = Duration.seconds(30)
    var listen = HostPort(host: "127.0.0.1", port: 8080)
    var peers: [String] = []
    var operands: [String] = []
  }

  static let flags: [Flag<Settings>] = [
    Flag("name", \.name, "name"),
    Flag("n", \.count, in: -5...1_000, "count"),
    Flag("join", \.join, "join"),
    Flag("timeout", \.timeout, "timeout"),
    Flag("listen", \.listen, "listen"),
    Flag("peers", \.peers, "peers"),
  ]
  static let strict = FlagSet("demo", "A demo.", defaults: Settings(), flags)
  static let open = FlagSet(
    "demo", "A demo.", defaults: Settings(), operands: Operands(\.operands, "[word ...]"), flags)

  /// The settings after the changes a row of a table makes to the defaults.
  static func settings(_ change: (inout Settings) -> Void) -> Settings {
    var settings = Settings()
    change(&settings)
    return settings
  }

  static let accepted: [([String], Settings)] = [
    ([], settings { _ in }),
    (["-name", "a"], settings { $0.name = "a" }),
    (["--name", "a"], settings { $0.name = "a" }),
    (["-name=a"], settings { $0.name = "a" }),
    (["--name=a"], settings { $0.name = "a" }),
    (["-name="], settings { $0.name = "" }),
    (["-name", ""], settings { $0.name = "" }),
    (["-name==a=b"], settings { $0.name = "=a=b" }),
    (["-name", "-join"], settings { $0.name = "-join" }),
    (["-name", "--"], settings { $0.name = "--" }),
    (["-name=a", "-name=b"], settings { $0.name = "b" }),
    (["-name=\u{301}a"], settings { $0.name = "\u{301}a" }),
    (["-name=日志"], settings { $0.name = "日志" }),
    (["-n", "12"], settings { $0.count = 12 }),
    (["-n=-5"], settings { $0.count = -5 }),
    (["-n", "-5"], settings { $0.count = -5 }),
    (["-n", "+1000"], settings { $0.count = 1_000 }),
    (["-join"], settings { $0.join = true }),
    (["-join=true"], settings { $0.join = true }),
    (["-join", "-join=false"], settings { $0.join = false }),
    (["-join=T", "-n=1"], settings { ($0.join, $0.count) = (true, 1) }),
    (["-timeout", "1m30s"], settings { $0.timeout = .seconds(90) }),
    (["-listen", ":8081"], settings { $0.listen = HostPort(host: "", port: 8081) }),
    (["-peers=b,c"], settings { $0.peers = ["b", "c"] }),
    (["-peers=b", "-peers=c"], settings { $0.peers = ["c"] }),
    (["-peers="], settings { $0.peers = [] }),
    (["--"], settings { _ in }),
    (["-n=1", "--"], settings { $0.count = 1 }),
  ]

  @Test(arguments: accepted)
  func `every way to write a flag is understood`(_ arguments: [String], _ expected: Settings) {
    #expect(Self.run(Self.strict, arguments) == expected)
    #expect(Self.run(Self.open, arguments) == expected)
  }

  static let operands: [([String], [String])] = [
    (["a"], ["a"]),
    (["a", "-join"], ["a", "-join"]),
    (["-join", "a", "b"], ["a", "b"]),
    (["-join", "false"], ["false"]),
    (["--", "-join"], ["-join"]),
    (["--", "--"], ["--"]),
    (["-", "-join"], ["-", "-join"]),
    ([""], [""]),
    (["-name", "--", "-n=1", "a"], ["a"]),
  ]

  @Test(arguments: operands)
  func `the first argument that is no flag ends the flags`(
    _ arguments: [String], _ expected: [String]
  ) {
    #expect(Self.run(Self.open, arguments)?.operands == expected)
  }

  static let refused: [([String], String)] = [
    (["-nmae=a"], #"unknown flag "-nmae""#),
    (["--Name=a"], #"unknown flag "-Name""#),
    (["-name\n"], #"unknown flag "-name\n""#),
    (["-=a"], #"malformed flag "-=a""#),
    (["--=a"], #"malformed flag "--=a""#),
    (["---name"], #"malformed flag "---name""#),
    (["-name"], "flag -name needs a value"),
    (["-join", "-n"], "flag -n needs a value"),
    (["-n", "x"], #"invalid value "x" for flag -n: must be a whole number"#),
    (["-n="], #"invalid value "" for flag -n: must be a whole number"#),
    (["-n=1.5"], #"invalid value "1.5" for flag -n: must be a whole number"#),
    (["-n=--1"], #"invalid value "--1" for flag -n: must be a whole number"#),
    (["-n=0x10"], #"invalid value "0x10" for flag -n: must be a whole number"#),
    (["-n", "1001"], #"invalid value "1001" for flag -n: must be from -5 to 1000"#),
    (["-n", "-6"], #"invalid value "-6" for flag -n: must be from -5 to 1000"#),
    (
      ["-n=9223372036854775808"],
      #"invalid value "9223372036854775808" for flag -n: must be from -9223372036854775808 to 9223372036854775807"#
    ),
    (["-join=yes"], #"invalid value "yes" for flag -join: must be true or false"#),
    (["-join="], #"invalid value "" for flag -join: must be true or false"#),
    (["-timeout=3"], #"invalid value "3" for flag -timeout: must have a unit, as in 30s"#),
    (
      ["-listen=x"],
      #"invalid value "x" for flag -listen: must be host:port, such as 127.0.0.1:8080"#
    ),
    (
      ["-peers=a,,b"],
      #"invalid value "a,,b" for flag -peers: must have no empty item between commas"#
    ),
    (["x"], #"unexpected argument "x""#),
    (["-join", "false"], #"unexpected argument "false""#),
    (["--", "-join"], #"unexpected argument "-join""#),
    (["-"], #"unexpected argument "-""#),
    (["-n=x", "-help"], #"invalid value "x" for flag -n: must be a whole number"#),
  ]

  @Test(arguments: refused)
  func `every mistake is named in one line`(_ arguments: [String], _ line: String) throws {
    let error = #expect(throws: UsageError.self) { try Self.strict.parse(arguments) }
    #expect(error?.description == line)
    #expect(!line.contains("\n"))
  }

  @Test(arguments: ["-help", "--help", "-h", "--h", "-help=x"])
  func `help is asked for before anything after it is read`(_ argument: String) throws {
    guard case .help = try Self.strict.parse(["-n=1", argument, "-unknown"]) else {
      Issue.record("\(argument) is not understood")
      return
    }
  }

  @Test(arguments: ["-version", "--version"])
  func `the version can be asked for`(_ argument: String) throws {
    guard case .version = try Self.strict.parse([argument]) else {
      Issue.record("\(argument) is not understood")
      return
    }
  }

  private static func run(_ flags: FlagSet<Settings>, _ arguments: [String]) -> Settings? {
    do {
      if case .run(let settings) = try flags.parse(arguments) { return settings }
      Issue.record("\(arguments) do not run the program")
    } catch {
      Issue.record("\(arguments): \(error)")
    }
    return nil
  }
}
