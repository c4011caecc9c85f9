import Bytes
import EtcdV2
import Foundation
import HTTP
import HTTPAPI
import Loop
import Raft
import Store
import Synchronization
import Testing
import Token
import WAL
import Watch

@testable import Cluster
@testable import Replication

/// Nodes in this process, each with a server of its own on a port that the system chose, and a data
/// directory that goes with the cluster.
final class TestCluster: Sendable {
  /// Smaller than usual: a debug build takes its time for megabytes.
  static let entryBytes = 100_000

  let loop: EventLoop
  let directory: String
  let journalist = Journalist()
  let sharedTime: SharedTime
  private let ports = Mutex<[String: Doorway]>([:])
  /// Nil: nodes reach each other at full speed.
  private let bytesPerSecond: Int?
  private let roads = Mutex<[String: NarrowRoad]>([:])

  /// - Parameter bytesPerSecond: how fast a node can be sent something by all the others together.
  init(bytesPerSecond: Int? = nil) throws {
    self.bytesPerSecond = bytesPerSecond
    loop = try EventLoop.start()
    sharedTime = SharedTime(of: loop)
    directory = NSTemporaryDirectory() + "cluster-\(UUID().uuidString)"
  }

  deinit {
    loop.shutDown()
    for road in roads.withLock({ $0.values }) { road.close() }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Where a node is reached, also before it is there and while it is away.
  func doorway(of name: String) throws -> Doorway {
    try ports.withLock { ports in
      if let known = ports[name] { return known }
      let new = try Doorway(on: loop)
      ports[name] = new
      return new
    }
  }

  /// Where the others reach a node.
  private func address(of name: String) throws -> HostPort {
    let port = try doorway(of: name).port
    guard let bytesPerSecond else { return HostPort(host: "127.0.0.1", port: port) }
    let road = try roads.withLock { roads in
      if let known = roads[name] { return known }
      let new = try NarrowRoad(to: port, bytesPerSecond: bytesPerSecond)
      new.open()
      roads[name] = new
      return new
    }
    return HostPort(host: "127.0.0.1", port: road.port)
  }

  /// How many bytes a node has been sent over its narrow road.
  func bytesSent(to name: String) -> Int { roads.withLock { $0[name] }?.passedBytes ?? 0 }

  /// From its next start on a node serves on another port.
  func move(_ name: String) throws -> UInt16 {
    let new = try Doorway(on: loop)
    ports.withLock { $0[name] = new }
    return new.port
  }

  func path(of name: String) -> String { "\(directory)/\(name)" }

  /// Starts a node, which serves until ``TestNode/stop()``.
  func start(
    _ name: String, peers: [String] = [], joins: Bool = false, acceptsJoins: Bool = false,
    token: String? = nil,
    snapshotInterval: UInt64 = 100_000, fullness: Fullness = Fullness(),
    electionTimeout: Duration? = nil, uncommittedBytes: Int? = nil, clientURL: ClientURL? = nil,
    time: any TimeSource = SteadyTime()
  ) async throws -> TestNode {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    var settings = NodeSettings()
    settings.name = name
    settings.peers = peers
    settings.joins = joins
    settings.acceptsJoins = acceptsJoins || !peers.isEmpty || token != nil
    settings.token = token.flatMap { ClusterToken($0.utf8) }
    // A narrow road has no room for many.
    settings.heartbeatInterval = .milliseconds(bytesPerSecond == nil ? 20 : 100)
    settings.electionTimeout = electionTimeout ?? .seconds(bytesPerSecond == nil ? 1 : 2)
    settings.nodeOptions.snapshotInterval = snapshotInterval
    settings.nodeOptions.entriesKept = 5
    settings.nodeOptions.dropInterval = snapshotInterval
    settings.entryBytes = Self.entryBytes
    settings.clientURLs = clientURL.map { [$0.flagText] } ?? []
    if let uncommittedBytes { settings.uncommittedBytes = uncommittedBytes }
    settings.log = { [journalist] in journalist.write("\($0)") }
    for each in [name] + peers {
      settings.addresses[each] = [try address(of: each)]
    }
    let store = KeyValueStore()
    let disk = FillableDisk(PosixDisk(path: path(of: name)), fullness)
    let hub = WatchHub(observing: store)
    settings.sections = [hub]
    let node = try await ClusterNode.open(
      settings, on: disk, at: path(of: name), availableBytes: { fullness.availableBytes },
      applyingTo: store,
      registry: CommandRegistry([Put.self, Delete.self] + EtcdCommands.all), time: time,
      loops: [loop])
    var router = Router()
    router.addKeyRoutes(store, changedBy: node)
    node.addPeerRoutes(to: &router)
    let meter = RequestMeter()
    router.addStatusRoutes(of: node, over: store, watchedBy: hub, measuredBy: meter)
    router.addEtcdRoutes(
      EtcdServices(store: store, proposer: node, hub: hub, cluster: node, time: node.time))
    router.add(
      "/health", .get,
      answer: HealthHandler(time: time, unavailableReason: node.unavailableReason).respond)
    node.start()
    let doorway = try doorway(of: name)
    doorway.open(MeteredHandler(StartingHandler(router, of: node), meter), measuredBy: meter)
    return TestNode(name, node, store, hub, doorway, self)
  }

  /// Starts three nodes, and returns when they have a leader and know each other.
  func startThree(
    token: String? = nil, snapshotInterval: UInt64 = 100_000,
    times: [any TimeSource] = [SteadyTime(), SteadyTime(), SteadyTime()]
  ) async throws -> [TestNode] {
    let names = ["node1", "node2", "node3"]
    var nodes: [TestNode] = []
    for (name, time) in zip(names, times) {
      nodes.append(
        try await start(
          name, peers: names.filter { $0 != name }, token: token,
          snapshotInterval: snapshotInterval, time: time))
    }
    for name in names { await journalist.wait(for: "node=\(name)", "event=bootstrapped") }
    return nodes
  }
}

extension [TestNode] {
  /// The leader, and the others in their order.
  func byRole() throws -> (leader: TestNode, others: [TestNode]) {
    let leader = try #require(first { $0.isLeader })
    return (leader, filter { $0 !== leader })
  }
}

/// A server whose handler comes and goes. Without one it refuses everything and says, as a gate
/// does, that nothing of it was taken.
final class Doorway: Handler {
  private let handler = Mutex<(any Handler)?>(nil)
  private let server = Mutex<Server?>(nil)
  /// Whether what peers say is delivered and then answered as by a proxy that has lost its server.
  let answersBadGateway = Atomic(false)
  /// Which of them are answered as if they were delivered, and are not: lost by the server that
  /// took them.
  private let isLost = Mutex<(@Sendable (Request) -> Bool)?>(nil)
  private let losses = Atomic(0)
  /// How many requests it has lost.
  var lossCount: Int { losses.load(ordering: .relaxed) }
  private let answers = Atomic(0)
  /// How many requests it has passed on.
  var answerCount: Int { answers.load(ordering: .relaxed) }

  init(on loop: EventLoop) throws {
    let server = try Server(host: "127.0.0.1", port: 0, loops: [loop], handler: self) { _ in }
    self.server.withLock { $0 = server }
    Task { await server.run() }
  }

  var port: UInt16 { server.withLock { $0?.port ?? 0 } }

  func open(_ handler: any Handler, measuredBy meter: RequestMeter) {
    if let server = server.withLock({ $0 }) { meter.measure(server) }
    open(handler)
  }
  func open(_ handler: any Handler) { self.handler.withLock { $0 = handler } }
  func close() { handler.withLock { $0 = nil } }
  /// Loses some of what peers say from now on; with nil, nothing any more.
  func lose(_ which: (@Sendable (Request) -> Bool)?) { isLost.withLock { $0 = which } }

  func respond(to request: Request, with response: Response) async throws {
    guard let handler = handler.withLock({ $0 }) else {
      response.addHeader(PeerRefusal.header, "closed")
      throw HTTPError(.forbidden, "closed")
    }
    if ClusterNode.isPeerRequest(request), isLost.withLock({ $0 })?(request) == true {
      losses.add(1, ordering: .relaxed)
      response.status = .noContent
      return
    }
    answers.add(1, ordering: .relaxed)
    try await handler.respond(to: request, with: response)
    if ClusterNode.isPeerRequest(request), answersBadGateway.load(ordering: .relaxed) {
      throw HTTPError(Status(502), "bad gateway")
    }
  }
}

/// One node, and what is around it.
final class TestNode: Sendable {
  let name: String
  let node: ClusterNode
  let store: KeyValueStore
  let hub: WatchHub
  let cluster: TestCluster
  let doorway: Doorway
  private let running: Task<Void, Never>

  init(
    _ name: String, _ node: ClusterNode, _ store: KeyValueStore, _ hub: WatchHub,
    _ doorway: Doorway, _ cluster: TestCluster
  ) {
    self.name = name
    self.node = node
    self.store = store
    self.hub = hub
    self.doorway = doorway
    self.cluster = cluster
    let time = cluster.sharedTime
    running = Task { await node.run { await time.pass(for: node) } }
  }

  /// Nobody hears it any more, nor does it hear anybody; its directory is free.
  func stop() async {
    await node.drain()
    doorway.close()
    await node.close()
    running.cancel()
    await running.value
  }

  /// As ``stop()``, but without a word to the others.
  func crash() async {
    doorway.close()
    running.cancel()
    await running.value
    await node.close()
  }

  var isLeader: Bool { node.isLeading() }

  /// Returns when it has applied what each member says of itself, with which members prove who they
  /// are.
  func meetOthers() async throws {
    while node.status.roster.members.contains(where: { $0.incarnation == nil }) {
      try await node.barrier()
    }
  }

  @discardableResult
  func put(_ key: String, _ value: String) async throws -> Outcome {
    try await node.propose(Put(try Path(Array("/\(key)".utf8)), Array(value.utf8)))
  }

  /// What stands here, whether or not it is up to date.
  func localValue(_ key: String) throws -> String? {
    guard case .file(let file)? = try? store.get(try Path(Array("/\(key)".utf8))).node else {
      return nil
    }
    return String(decoding: file.value, as: UTF8.self)
  }

  func value(_ key: String) async throws -> String? {
    try await node.barrier()
    return try localValue(key)
  }

  /// Posts to it as a peer would, or somebody who pretends to be one.
  func post(
    _ path: String, _ body: String, token: String? = nil
  ) async throws -> (status: Int, text: String) {
    try await ask(
      ClientRequest(
        .post, path, contentType: path == "/raft/snapshot" ? .octets : .json,
        body: Array(body.utf8)), token: token)
  }

  func get(_ path: String) async throws -> (status: Int, text: String) {
    try await ask(ClientRequest(.get, path))
  }

  func ask(
    _ request: ClientRequest, token: String? = nil
  ) async throws -> (status: Int, text: String) {
    var request = request
    if let token { request.addHeader("Authorization", Array("Bearer \(token)".utf8)) }
    let answer = try await perform(request)
    return (answer.status.rawValue, String(decoding: answer.body, as: UTF8.self))
  }

  func perform(_ request: ClientRequest) async throws -> ClientResponse {
    try await cluster.loop.run {
      let connection = try await ClientConnection.connect(to: "127.0.0.1", port: doorway.port)
      defer { connection.close() }
      return try await connection.perform(request, within: .seconds(120))
    }
  }
}
