internal import Options
internal import Token

/// What stands before the command.
struct Settings: Sendable {
  /// Empty if none were named.
  var endpoints: [Endpoint] = []
  var json = false
  var timeout = Duration.seconds(5)
  var tokenFile = ""
  var headers = Headers()
  /// What was in that file.
  var token: ClusterToken?
  /// The command and its own flags and arguments.
  var command: [String] = []

  static let flags = FlagSet(
    "mini-etcdctl",
    """
    Asks a mini-etcd, or any server of etcd's v2 API, from the command line.

    Commands (each explains its own flags: mini-etcdctl COMMAND -help):
    \(Subcommand.all.map(\.help).joined(separator: "\n"))

    Flags come before the command, a command's own flags before its arguments.

    Exit status: 0 done; 1 no server of etcd's API answered, or it is not known whether it was
    done; 2 wrong usage; 3 no such key, as such a server says; 4 refused, as a comparison that
    failed; 5 not every member is healthy.
    """,
    defaults: Settings(), variablePrefix: "MINI_ETCDCTL_",
    operands: Operands(\.command, "COMMAND [flags] [argument ...]"),
    [
      Flag(
        "endpoints", \.endpoints,
        """
        `host:port,...` of servers to try in turn; without it 127.0.0.1:8080, then 8081, 8082
        and 8083
        """),
      Flag("json", \.json, "print answers as they came"),
      Flag(
        "timeout", \.timeout, in: .milliseconds(1)...(.seconds(86_400)),
        "how long one server may take"),
      Flag(
        "header", \.headers,
        "send `'Name: value'` with every request, or what is in @FILE, one header per line"),
      Flag(
        "cluster-token-file", \.tokenFile, "the `file` with the secret of the cluster's members"),
    ])

  /// Whether the program itself has a flag of that name.
  static func hasFlag(_ name: String) -> Bool {
    ["endpoints", "json", "timeout", "header", "cluster-token-file"].contains(name)
  }

  /// What no single flag knows to be wrong.
  var contradiction: String? {
    guard token != nil, headers.has("authorization") else { return nil }
    return """
      -cluster-token-file must not be given with a header Authorization, since that is how the token is \
      sent: reach the servers past the proxy
      """
  }

  static func fromCommandLine() -> Settings {
    var settings = flags.parseOrExit()
    if !settings.tokenFile.isEmpty {
      do throws(TokenFileError) {
        settings.token = try ClusterToken(file: settings.tokenFile)
      } catch {
        flags.refuse("-cluster-token-file \(error)")
      }
    }
    if let contradiction = settings.contradiction { flags.refuse(contradiction) }
    if settings.endpoints.isEmpty { settings.endpoints = Endpoint.unnamed }
    return settings
  }
}
