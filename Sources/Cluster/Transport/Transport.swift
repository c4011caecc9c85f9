import HTTP
import JSON
public import Options
import Raft
import Synchronization
import WAL

/// The ways to all other members.
///
/// The node's thread writes messages, as many as it likes, and then flushes: what goes to one peer in
/// one step of work goes in one request. Nothing here waits for the network.
final class Transport: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: `links` and `written` are touched only by the node's thread; the
  // rest never changes.
  private let context: PeerContext
  private let addresses: [String: [HostPort]]
  private let loops: [EventLoop]
  private var links: [PeerLink] = []
  private var written: [(peer: NodeID, messages: Parcel)] = []
  private let jobs: AsyncStream<Job>
  private let newJobs: AsyncStream<Job>.Continuation
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

  /// Has a way to each member, and to none else; before there is a roster, to those this node was
  /// told of otherwise.
  func connect(to roster: Roster, besides contacts: [MemberRecord]) {
    let records = roster.cluster == nil ? contacts : roster.members
    for record in records where record.id != context.id {
      let link = link(to: record.id) ?? begin(record.id)
      link.aim(record.name, addresses(of: record))
    }
    for link in links where !records.contains(where: { $0.id == link.id }) { link.close() }
    links.removeAll { link in !records.contains { $0.id == link.id } }
  }

  private func begin(_ id: NodeID) -> PeerLink {
    let link = PeerLink(id, context)
    links.append(link)
    roundTrips.withLock { $0[id] = link.roundTrips }
    start(on: links.count) { await link.run() }
    return link
  }

  private func start(on place: Int, _ run: @escaping @Sendable () async -> Void) {
    newJobs.yield(Job(loop: loops[place % loops.count], run: run))
  }

  /// This node's own flags first: it may have to reach the others by names of its own.
  private func addresses(of record: MemberRecord) -> [HostPort] {
    addresses[record.name] ?? record.urls.compactMap { HostPort(url: $0) }
  }

  private func link(to id: NodeID) -> PeerLink? { links.first { $0.id == id } }

  /// Writes a message to a peer; it leaves with the next ``flush()``.
  ///
  /// - Parameter forwarded: the numbers of the operations it forwards. If it is known that the peer was
  ///   not reached, the node's thread is answered ``ForwardResult/notNow`` for them.
  func write(
    to peer: NodeID, forwarding forwarded: Range<UInt64>? = nil, _ write: (inout [UInt8]) -> Void
  ) {
    let place: Int
    if let known = written.firstIndex(where: { $0.peer == peer }) {
      place = known
    } else {
      place = written.count
      written.append((peer, Parcel()))
    }
    if !written[place].messages.bytes.isEmpty { written[place].messages.bytes.append(",") }
    write(&written[place].messages.bytes)
    if let forwarded { written[place].messages.forwarded.append(forwarded) }
    // As large as a request is meant to be: what follows goes in another one.
    if written[place].messages.bytes.count >= PeerLimits.requestBytes { flush(place) }
  }

  func flush() {
    for place in written.indices { flush(place) }
  }

  private func flush(_ place: Int) {
    let (peer, messages) = written[place]
    if messages.bytes.isEmpty { return }
    written[place].messages = Parcel()
    if let link = link(to: peer) { link.send(messages) } else { context.lose(messages, to: peer) }
  }

  /// Streams a snapshot to a peer, and says whether that succeeded.
  func sendSnapshot<D: Disk & Sendable>(
    _ message: Message, _ record: SnapshotRecord, of disk: D,
    then finish: @escaping @Sendable (Bool) -> Void
  ) {
    guard let link = link(to: message.to) else { return finish(false) }
    let sending = SnapshotSending(message, record, disk, context, to: link.addresses)
    start(on: links.count) { finish(await sending.run()) }
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
