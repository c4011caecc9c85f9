public import Bytes
import HTTP
import Loop
import Options
import Raft
import Replication
import Synchronization
import WAL

/// The ways to all other members: two for each, see ``Lane``.
///
/// Nothing that the node's thread calls here waits for the network.
final class Transport: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: `links` is touched only by the node's thread; the rest never
  // changes.
  private let context: PeerContext
  private let addresses: [String: [HostPort]]
  private let loops: [EventLoop]
  private var links: [PeerLinks] = []
  private let jobs: AsyncStream<Job>
  private let newJobs: AsyncStream<Job>.Continuation
  private var startedTasks = 0
  /// By peer; kept when a link is closed.
  private let roundTrips = Mutex<[NodeID: RoundTrips]>([:])

  private struct Job: Sendable {
    let loop: EventLoop
    let run: @Sendable () async -> Void
  }

  init(_ context: PeerContext, addresses: [String: [HostPort]], loops: [EventLoop]) {
    self.context = context
    self.addresses = addresses
    self.loops = loops
    (jobs, newJobs) = AsyncStream.makeStream()
  }

  /// Serves the links until it is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await job in jobs {
        group.addTask(executorPreference: job.loop) { await job.run() }
      }
      group.cancelAll()
    }
  }

  /// How requests to a peer have fared. From any thread.
  func roundTrips(to peer: NodeID) -> RoundTrips? { roundTrips.withLock { $0[peer] } }

  // MARK: For the node's thread

  /// Has a way to each of these members, and to none else.
  func connect(to records: [MemberRecord]) {
    for record in records where record.id != context.id {
      let links = links(to: record.id) ?? begin(record.id)
      links.target.aim(record.name, addresses(of: record))
    }
    for peer in links where !records.contains(where: { $0.id == peer.target.id }) { peer.close() }
    links.removeAll { $0.target.isClosed }
  }

  private func begin(_ id: NodeID) -> PeerLinks {
    let new = PeerLinks(id, context)
    links.append(new)
    roundTrips.withLock { $0[id] = new.target.roundTrips }
    start { await new.control.run() }
    start { await new.bulk.run() }
    return new
  }

  private func start(_ run: @escaping @Sendable () async -> Void) {
    startedTasks += 1
    newJobs.yield(Job(loop: loops[startedTasks % loops.count], run: run))
  }

  /// This node's own flags first: it may have to reach the others by names of its own. Then those
  /// of the roster: a member may have moved since the flags were written.
  private func addresses(of record: MemberRecord) -> [HostPort] {
    var all = addresses[record.name] ?? []
    var known = Set(all)
    for address in record.urls.compactMap({ HostPort(url: $0) })
    where known.insert(address).inserted {
      all.append(address)
    }
    return all
  }

  private func links(to id: NodeID) -> PeerLinks? { links.first { $0.target.id == id } }

  /// Sends messages to a peer: see ``ReplicaHost/send(_:to:on:)``.
  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {
    guard let links = links(to: peer) else { return context.lose(messages, to: peer) }
    switch lane {
    case .control: links.control.send(messages)
    case .bulk: links.bulk.send(messages)
    }
  }

  /// Streams a snapshot to a peer, and says why that failed, if it did.
  func sendSnapshot(
    _ message: Message, _ record: SnapshotRecord, of disk: any Disk & Sendable,
    then finish: @escaping @Sendable (_ failure: String?) -> Void
  ) {
    guard let links = links(to: message.to) else { return finish("it is no member") }
    let sending = SnapshotSending(message, record, disk, context, to: links.target.addresses)
    start { finish(await sending.run()) }
  }
}

/// The two ways to one peer.
private struct PeerLinks: Sendable {
  let target: PeerTarget
  let control: PeerLink
  let bulk: PeerLink

  init(_ id: NodeID, _ context: PeerContext) {
    let target = PeerTarget(id)
    let bulk = PeerLink(target, .bulk, context)
    self.target = target
    self.bulk = bulk
    control = PeerLink(target, .control, context) { bulk.cut() }
  }

  func close() {
    target.close()
    control.close()
    bulk.close()
  }
}

extension HostPort {
  /// Whether only this machine can reach it.
  public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// The address in `http://host:port`, with or without a slash at its end.
  init?(url: String) {
    let prefix = "http://"
    guard url.hasPrefix(prefix) else { return nil }
    let rest = url.dropFirst(prefix.count).prefix { $0 != "/" }
    guard let address = try? HostPort(flagText: String(rest)), address.port > 0 else { return nil }
    self = address
  }
}
