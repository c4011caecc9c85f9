import Bytes
import HTTP
import JSON
import Platform
import Raft
import Replication
import Store
import WAL

/// Streams a snapshot to a peer, in pieces: one request each, answered when the piece is written
/// and what it says of the store is built.
///
///     POST /raft/snapshot
///     {"cluster":...,"from":...,"incarnation":...,"to":...,"term":5,"round":31,"voters":[...],
///      "learners":[...],"i":100000,"iterm":4,"lines":9,"bytes":512,"sum":7,"offset":0}
///     ...the bytes of the file from there on, as they are
///
/// The first line is all in JSON; behind its line break come the bytes.
struct SnapshotSending: Sendable {
  private let message: Message
  private let record: SnapshotRecord
  private let disk: any Disk & Sendable
  private let context: PeerContext
  private let addresses: [HostPort]

  init(
    _ message: Message, _ record: SnapshotRecord, _ disk: any Disk & Sendable,
    _ context: PeerContext,
    to addresses: [HostPort]
  ) {
    self.message = message
    self.record = record
    self.disk = disk
    self.context = context
    self.addresses = addresses
  }

  /// Sends all of it. On an event loop.
  /// - Returns: why the peer does not have it; nil if it has.
  func run() async -> String? {
    do {
      let connection = try await context.connect(to: addresses).connection
      defer { connection.close() }
      let source = try await onThread { () throws(JournalError) in
        Unchecked(try SnapshotSource(disk, record))
      }
      var offset = 0
      while offset < Int(record.bytes) {
        let from = offset
        // A peer that takes none says so to the first piece: it need not be a large one.
        let limit = offset == 0 ? PieceLimits.firstPieceBytes : PieceLimits.pieceBytes
        let piece = try await onThread { () throws(JournalError) in
          try source.value.piece(at: from, limit: limit)
        }
        if piece.isEmpty { return "the file is shorter than its record says" }
        let answer = try await connection.perform(
          context.request("/raft/snapshot", head(at: offset) + piece, as: .octets),
          within: PieceLimits.answerTime + context.allowance(for: piece.count))
        guard answer.status == .noContent else { return answer.reason }
        offset += piece.count
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func head(at offset: Int) -> [UInt8] {
    guard case .installSnapshot(let metadata, let round) = message.content else { return [] }
    let head = PieceHead(
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
