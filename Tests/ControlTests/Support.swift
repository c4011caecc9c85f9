import EtcdV2
import HTTP
import HTTPAPI
import Options
import ServingSupport
import Store
import Synchronization
import Watch

@testable import mini_etcdctl

/// A server of etcd's API, whose only member says that it is reached at `clientURL`.
func router(clientURL: String = "http://127.0.0.1:1") -> any Handler {
  let store = KeyValueStore()
  let time = SteadyTime()
  let member = Member(id: 0xab, name: "node1", peerURLs: ["http://p:1"], clientURLs: [clientURL])
  var router = Router()
  router.add("/health", .get, answer: HealthHandler(time: time).respond)
  router.addEtcdRoutes(
    EtcdServices(
      store: store, proposer: DirectProposer(store, time: time), hub: WatchHub(observing: store),
      cluster: LoneNode(clusterID: 1, member: member, store: store, startTime: time.now),
      time: time))
  return EntryHandler(router)
}

/// The lines a command prints, as they come.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func append(_ line: String) { lines.withLock { $0.append(line) } }
}

/// What a command printed, and how it ended.
struct Printed: Equatable, CustomStringConvertible {
  var lines: [String]
  var status: Int32 = 0
  var complaint = ""

  var description: String { "\(lines) \(status) \(complaint)" }
}

/// Runs a command line, given in words, against servers on these ports.
func run(_ words: [String], on ports: [UInt16], json: Bool = false) async -> Printed {
  var settings = Settings()
  settings.endpoints = ports.map { Endpoint(HostPort(host: "127.0.0.1", port: $0)) }
  settings.json = json
  // A busy machine is not a fault.
  settings.timeout = .seconds(120)
  let lines = Lines()
  do throws(Failure) {
    let (command, flags, rest) = try Command.parse(words)
    let arguments: Arguments
    do {
      guard case .run(let parsed) = try flags.parse(rest) else { return Printed(lines: ["help"]) }
      arguments = parsed
    } catch {
      throw .usage("\(error)")
    }
    try await command.call(with: arguments).run(by: settings, output: lines.append)
    return Printed(lines: lines.all)
  } catch {
    return Printed(lines: lines.all, status: error.status, complaint: "\(error)")
  }
}
