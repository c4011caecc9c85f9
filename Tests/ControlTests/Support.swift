import Bytes
import EtcdSupport
import EtcdV2
import HTTP
import HTTPAPI
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

/// What a command prints, as it comes.
final class Lines: Sendable {
  private let bytes = Mutex<[UInt8]>([])

  var all: [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  var text: String { String(decoding: printed, as: UTF8.self) }
  var printed: [UInt8] { bytes.withLock { $0 } }

  func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}

/// What a command printed, and how it ended.
struct Printed: Equatable, CustomStringConvertible {
  var lines: [String]
  var bytes: [UInt8] = []
  var notes: [String] = []
  var status: Int32 = 0
  var complaint = ""

  var description: String { "\(lines) \(notes) \(status) \(complaint)" }
}

/// Runs a command line, given in words, against servers on these ports.
/// - Parameter input: what it finds on standard input.
func run(
  _ words: [String], on ports: [UInt16], json: Bool = false, input: [UInt8] = [],
  headers: Headers = Headers()
) async -> Printed {
  var settings = Settings()
  settings.endpoints = ports.map { Endpoint(HostPort(host: "127.0.0.1", port: $0)) }
  settings.json = json
  settings.headers = headers
  // A busy machine is not a fault.
  settings.timeout = .seconds(120)
  let (lines, notes) = (Lines(), Lines())
  let streams = Conversation.Streams(
    output: lines.append, note: { notes.append(Array("\($0)\n".utf8)) }, input: { input })
  var printed = Printed(lines: [])
  do throws(CommandFailure) {
    switch try Subcommand.parse(words) {
    case .help: return Printed(lines: ["help"])
    case .call(let call): try await call.run(by: settings, streams)
    }
  } catch {
    (printed.status, printed.complaint) = (error.status, "\(error)")
  }
  (printed.lines, printed.bytes, printed.notes) = (lines.all, lines.printed, notes.all)
  return printed
}
