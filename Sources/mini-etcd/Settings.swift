import Bytes
import Cluster
import HTTP
import Options
import Replication
import Token

/// What `mini-etcd` can be told on its command line.
struct Settings {
  var id = "node1"
  var peers: [String] = []
  var peerAddresses: [Named<HostPort>] = []
  var joins = false
  var acceptsJoins = false
  var listen = HostPort(host: "127.0.0.1", port: 8080)
  var advertisedURLs: [ClientURL] = []
  var dataDirectory = "./wal-data"
  var watchTimeout = Duration.seconds(30)
  var tokenFile = ""
  var heartbeatInterval = Duration.milliseconds(100)
  var electionTimeout = Duration.seconds(1)
  var snapshotCount = 100_000
  var logPadding = 1 << 20
  var logLevel = LogLevel.info
  var cors: [String] = []
  var uiWrites = false

  static let flags = FlagSet(
    "mini-etcd",
    """
    The etcd you can read: a durable, replicated key-value store over HTTP.

    mini-etcd wal verify DIR, wal dump DIR: look at a data directory
    mini-etcd wal salvage DIR FILE: make a backup of what is sound in a damaged one
    mini-etcd snapshot status FILE, snapshot restore FILE -data-dir D: a backup, and a server of it
    mini-etcd force-new-cluster DIR: make a member's data a cluster of its own, when most are lost
    mini-etcd override-violation DIR: let a node start again that saw a promise of Raft broken
    """,
    defaults: Settings(),
    [
      Flag("id", \.id, "this node's `name`, for as long as it lives"),
      Flag("peers", \.peers, "the other members' `names`; without them the node is on its own"),
      Flag("peer-addrs", \.peerAddresses, "where to reach each member, this one too"),
      Flag("join", \.joins, "ask to be taken into a cluster that runs already"),
      Flag(
        "accept-joins", \.acceptsJoins,
        """
        let nodes join that do not have to show a token; without this flag and without a token
        that is so only in a cluster with -peers that serves this machine alone
        """),
      Flag("listen", \.listen, "`host:port` to serve clients and peers; :port is every interface"),
      Flag(
        "advertise-client-urls", \.advertisedURLs,
        """
        where clients reach this node, as `url,...`, if that is not where the members do: through
        a proxy, for example
        """),
      Flag("data-dir", \.dataDirectory, "the `directory` of the log"),
      Flag(
        "watch-timeout", \.watchTimeout, in: .milliseconds(1)...(.seconds(86_400)),
        "how long /watch waits before it answers 408"),
      Flag("cluster-token-file", \.tokenFile, "a `file` with a secret that all members share"),
      Flag(
        "heartbeat-interval", \.heartbeatInterval, in: .milliseconds(5)...(.seconds(10)),
        "how often a leader says that it is there"),
      Flag(
        "election-timeout", \.electionTimeout, in: .milliseconds(50)...(.seconds(100)),
        "how long a follower hears nothing before it asks for votes"),
      Flag(
        "snapshot-count", \.snapshotCount, in: 1...1_000_000_000,
        "how many writes there are between two snapshots, at the least"),
      Flag(
        "log-padding", \.logPadding, in: 0...(64 << 20),
        """
        how many `bytes` of blank lines the log is kept ahead by, so that syncs are short; 0 for
        none
        """),
      Flag("log-level", \.logLevel, "the lowest `level` of the lines on standard error"),
      Flag(
        "cors", \.cors,
        "the `origins` whose web pages may write; * for all. Any page may read, unless some are named"
      ),
      Flag(
        "ui-writes", \.uiWrites,
        "let the page at /ui write even if -listen is reached from other machines"),
    ])

  /// The origins whose web pages may write.
  var allowedOrigins: AllowedOrigins {
    get throws(Contradiction) {
      do { return try AllowedOrigins(cors) } catch { throw Contradiction("-cors: \(error)") }
    }
  }

  /// The host names by which clients reach this node.
  func names(of node: NodeSettings) -> [String] {
    [listen.host] + (node.addresses[id] ?? []).map(\.host) + advertisedURLs.map(\.address.host)
  }

  /// The secret in the file that is named, if one is.
  var token: ClusterToken? {
    get throws(Contradiction) {
      if tokenFile.isEmpty { return nil }
      do { return try ClusterToken(file: tokenFile) } catch {
        throw Contradiction("-cluster-token-file \(error)")
      }
    }
  }

  /// What the flags say together, for the node.
  /// - Throws: a line about the first contradiction.
  func node(_ token: ClusterToken?) throws(Contradiction) -> NodeSettings {
    var settings = NodeSettings()
    settings.name = id
    settings.peers = peers
    settings.joins = joins
    settings.clientURLs = advertisedURLs.map(\.flagText)
    settings.token = token
    settings.acceptsJoins =
      acceptsJoins || token != nil || (!peers.isEmpty && listen.isLoopback)
    settings.heartbeatInterval = heartbeatInterval
    settings.electionTimeout = electionTimeout
    settings.snapshotCount = UInt64(snapshotCount)
    settings.logPadding = logPadding
    for named in peerAddresses { settings.addresses[named.name, default: []].append(named.value) }
    try check(settings)
    return settings
  }

  /// Where this node is reached if no flag says so, on the port that it has taken: the system may
  /// have chosen it.
  func ownAddress(on port: UInt16) -> HostPort {
    HostPort(host: listen.isEveryInterface ? "127.0.0.1" : listen.host, port: port)
  }

  /// Whether clients elsewhere are going to be told an address that only this machine reaches.
  func misleadsClients(_ node: NodeSettings) -> Bool {
    let own = node.addresses[id] ?? [ownAddress(on: listen.port)]
    let told = advertisedURLs.isEmpty ? own : advertisedURLs.map(\.address)
    let others = node.addresses.filter { $0.key != id }.values.joined()
    return told.contains(where: \.isLoopback)
      && (listen.isEveryInterface || !others.allSatisfy(\.isLoopback))
  }

  private func check(_ settings: NodeSettings) throws(Contradiction) {
    for name in [id] + peers where !NodeSettings.isName(name) {
      throw Contradiction(
        "a member's name must be \(NodeSettings.nameRule), not \(name.debugDescription)")
    }
    if peers.contains(id) { throw Contradiction("-peers names \(id), which is this node's -id") }
    if Set(peers).count < peers.count { throw Contradiction("-peers names a member twice") }
    if joins && peers.isEmpty { throw Contradiction("-join needs -peers, the members to ask") }
    if peers.isEmpty && peerAddresses.contains(where: { $0.name != id }) {
      throw Contradiction("-peer-addrs needs -peers, which says who is a member")
    }
    for peer in peers where settings.addresses[peer] == nil {
      throw Contradiction("-peer-addrs must have an address for \(peer), which -peers names")
    }
    for named in peerAddresses where named.name != id && !peers.contains(named.name) {
      throw Contradiction("-peer-addrs names \(named.name), which is not among -peers")
    }
    var owners: [HostPort: String] = [:]
    for named in peerAddresses {
      if named.value.host.isEmpty || named.value.port == 0 {
        throw Contradiction(
          "-peer-addrs must have a host and a port for \(named.name), not \(named.value)")
      }
      if let owner = owners.updateValue(named.name, forKey: named.value) {
        throw Contradiction(
          "-peer-addrs must have each address once, not \(named.value) for \(owner) "
            + "and \(named.name)")
      }
    }
    if electionTimeout < heartbeatInterval * 5 {
      throw Contradiction(
        "-election-timeout must be at least five times -heartbeat-interval, "
          + "\((heartbeatInterval * 5).flagText), not \(electionTimeout.flagText)")
    }
  }
}

/// Flags that cannot all be followed, in one line.
struct Contradiction: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
