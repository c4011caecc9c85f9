import Bytes
import HTTP
import JSON
import Loop
import Raft
import Replication

/// Asks known members about senders that this node does not know.
///
/// A node that was away while members came and went may hear from a leader that its own log does
/// not name yet. A sender's word is no proof, so the node asks those it knows, at the addresses
/// from its flags and its roster, who the members are: `GET /v2/members`. Until one of them names
/// the sender, the sender is refused; afterwards it is heard, and answered at the address they
/// gave.
final class Introductions: Sendable {
  private static let pause = Duration.seconds(1)

  private let context: PeerContext
  /// Where the flags say that the others are.
  private let addresses: [HostPort]
  private let wanted: Signal
  private let tell: @Sendable ([MemberRecord]) -> Void

  /// - Parameters:
  ///   - wanted: raised when there is a reason to ask.
  ///   - tell: takes the members that a known member has named.
  init(
    _ context: PeerContext, addresses: [HostPort], when wanted: Signal,
    tell: @escaping @Sendable ([MemberRecord]) -> Void
  ) {
    self.context = context
    self.addresses = addresses
    self.wanted = wanted
    self.tell = tell
  }

  /// A sender was refused because it is not known. From any thread.
  func noteStranger() { wanted.raise() }

  /// Asks when there is a reason to, at most once a second, until it is cancelled. On an event
  /// loop.
  func run() async {
    while !Task.isCancelled {
      await wanted.wait()
      if Task.isCancelled { return }
      if let members = await ask() { tell(members) }
      try? await LoopClock().sleep(for: Self.pause)
    }
  }

  /// The first answer.
  private func ask() async -> [MemberRecord]? {
    let status = context.board.present
    let known = (status.roster.members + status.unlistedMembers).filter { $0.id != context.id }
    var tried: Set<HostPort> = []
    // Not always the same one first: what it knows may be old too.
    let all = addresses + known.flatMap { $0.urls.compactMap { HostPort(url: $0) } }
    for address in all.shuffled() where tried.insert(address).inserted {
      if let members = try? await ask(address, status.roster.cluster) { return members }
    }
    return nil
  }

  private func ask(_ address: HostPort, _ cluster: UInt64?) async throws -> [MemberRecord]? {
    let connection = try await context.connect(to: [address]).connection
    defer { connection.close() }
    let answer = try await connection.perform(
      ClientRequest(.get, "/v2/members"), within: context.answerTimeout)
    let said = answer.header("x-etcd-cluster-id").flatMap { UInt64(hex: $0) }
    guard answer.status == .ok, let said, said != 0, cluster == nil || said == cluster
    else { return nil }
    let members = try JSONDocument(answer.body).root["members"]?.list(MemberRecord.init(listed:))
    guard let members, !members.isEmpty, members.count <= PeerLimits.unlistedMembers else {
      return nil
    }
    return members
  }
}

extension MemberRecord {
  /// A member as `/v2/members` lists it.
  fileprivate init?(listed value: JSONValue) {
    guard let id = value["id"]?.id, let name = value["name"]?.string,
      let urls = value["peerURLs"]?.list({ $0.string })
    else { return nil }
    self.init(id: NodeID(id), name: name, urls: urls)
  }
}
