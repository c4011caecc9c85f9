import Bytes
import Options
import RunSupport
import Testing

/// What people see: the help, and how a program ends that will not start.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct HelpTests {
  struct Settings {
    var id = "node1"
    var peers: [String] = []
    var addresses: [Named<HostPort>] = []
    var join = false
    var listen = HostPort(host: "127.0.0.1", port: 8080)
    var watchTimeout = Duration.seconds(30)
    var tokenFile: String?
    var rounds = 3
    var words: [String] = []
  }

  static let flags = FlagSet(
    "demo", "A program that shows its flags.", version: "7.8.9", defaults: Settings(),
    variablePrefix: "DEMO_", operands: Operands(\.words, "[word ...]"),
    [
      Flag("id", \.id, "this node's `name`,\nas others know it"),
      Flag("peers", \.peers, "the other nodes"),
      Flag("peer-addrs", \.addresses, "where the nodes listen"),
      Flag("join", \.join, "enter a cluster that runs already"),
      Flag("listen", \.listen, "where to serve; `:port` is every interface"),
      Flag("watch-timeout", \.watchTimeout, "how long /watch waits"),
      Flag("cluster-token-file", \.tokenFile, "`file` with the cluster's token"),
      Flag("rounds", \.rounds, in: 1...9, "how often"),
    ])

  @Test func `the help shows every flag with its value and its default`() {
    let expected = """
      A program that shows its flags.

      Usage: demo [flags] [word ...]

      Flags:
        -id name
              this node's name,
              as others know it (default node1)
        -peers string,...
              the other nodes
        -peer-addrs name=host:port,...
              where the nodes listen
        -join
              enter a cluster that runs already
        -listen :port
              where to serve; :port is every interface (default 127.0.0.1:8080)
        -watch-timeout duration
              how long /watch waits (default 30s)
        -cluster-token-file file
              file with the cluster's token
        -rounds int
              how often (default 3)
        -help
              print this text and exit
        -version
              print the version and exit

      Every flag can also be set by an environment variable, such as DEMO_PEER_ADDRS for
      -peer-addrs. A flag on the command line counts more than its variable.

      """
    #expect(Self.flags.help == expected)
  }

  @Test func `a wrong flag ends the program with 2 and one line on standard error`() async throws {
    let result = try #require(
      await #expect(
        processExitsWith: .exitCode(2),
        observing: [\.standardErrorContent, \.standardOutputContent]
      ) {
        _ = Self.flags.parseOrExit(["-rounds=10"])
      })
    #expect(
      Self.text(result.standardErrorContent) == """
        demo: invalid value "10" for flag -rounds: must be from 1 to 9 \
        (demo -help lists all flags)

        """)
    #expect(!Self.text(result.standardOutputContent).contains("demo"))
  }

  @Test func `a program that cannot do its work ends with 1 and one line`() async throws {
    let result = try #require(
      await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
        Self.flags.fail("127.0.0.1:80 is busy")
      })
    #expect(Self.text(result.standardErrorContent) == "demo: 127.0.0.1:80 is busy\n")
  }

  @Test func `help goes to standard output and is no failure`() async throws {
    let result = try #require(
      await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        _ = Self.flags.parseOrExit(["-help"])
      })
    #expect(Self.text(result.standardOutputContent).contains(Self.flags.help))
  }

  @Test func `the version is the program's name and number`() async throws {
    let result = try #require(
      await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        _ = Self.flags.parseOrExit(["-version"])
      })
    #expect(Self.text(result.standardOutputContent).contains("demo 7.8.9\n"))
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
