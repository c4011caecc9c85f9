import HTTP
import JSON
import Options
import Raft
import Store
import WAL

/// Streams a snapshot to a peer, in pieces: one request each, answered when the piece is written.
///
///     POST /raft/snapshot
///     {"cluster":...,"from":...,"incarnation":...,"to":...,"term":5,"round":31,"voters":[...],
///      "learners":[...],"i":100000,"iterm":4,"lines":9,"bytes":512,"sum":7,"offset":0}
///     ...the bytes of the file from there on, as they are
///
/// The first line is all in JSON; behind its line break come the bytes.
struct SnapshotSending<D: Disk & Sendable>: Sendable {
  private let message: Message
  private let record: SnapshotRecord
  private let disk: D
  private let context: PeerContext
  private let addresses: [HostPort]

  init(
    _ message: Message, _ record: SnapshotRecord, _ disk: D, _ context: PeerContext,
    to addresses: [HostPort]
  ) {
    self.message = message
    self.record = record
    self.disk = disk
    self.context = context
    self.addresses = addresses
  }

  /// Sends all of it; true if the peer has it. On an event loop.
  func run() async -> Bool {
    do {
      let connection = try await context.connect(to: addresses)
      defer { connection.close() }
      let source = try await onThread { () throws(JournalError) in
        Unchecked(try SnapshotSource(disk, record))
      }
      var offset = 0
      while offset < Int(record.bytes) {
        let (from, limit) = (offset, PeerLimits.pieceBytes)
        let piece = try await onThread { () throws(JournalError) in
          try source.value.piece(at: from, limit: limit)
        }
        if piece.isEmpty { return false }
        let answer = try await connection.perform(
          context.request("/raft/snapshot", head(at: offset) + piece), within: .seconds(30))
        guard answer.status == .noContent else { return false }
        offset += piece.count
      }
      return true
    } catch {
      context.log("event=snapshot_not_sent reason=\(quoted("\(error)"))")
      return false
    }
  }

  private func head(at offset: Int) -> [UInt8] {
    guard case .installSnapshot(let metadata, let round) = message.content else { return [] }
    let head = SnapshotHead(
      identity: context.identity(to: message.to), term: message.term, round: round,
      membership: metadata.membership, record: record, offset: offset)
    var bytes: [UInt8] = []
    bytes.append(head)
    return bytes
  }
}

/// A value that one task at a time uses.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

/// Runs `work`, which may touch the disk, on a thread of its own while the task waits.
func onThread<Value: Sendable, Failure>(
  _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result: Result<Value, Failure> = await withUnsafeContinuation { continuation in
    Platform.startThread {
      continuation.resume(returning: Result { () throws(Failure) in try work() })
    }
  }
  return try result.get()
}

/// What stands before each piece of a snapshot.
struct SnapshotHead: Sendable {
  var identity: PeerIdentity
  var term: Term
  var round: UInt64
  var membership: Membership
  var record: SnapshotRecord
  /// Where in the file the piece begins.
  var offset: Int
}
