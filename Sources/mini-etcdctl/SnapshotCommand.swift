internal import HTTP
internal import WAL

// A backup: `snapshot save FILE`, `snapshot status FILE`.

extension Subcommand {
  private static let snapshotUsage = "usage: mini-etcdctl snapshot save FILE | status FILE"

  static let snapshot = Subcommand(
    "snapshot", "save FILE | status FILE", takes: 2...2,
    """
    Saves a backup of all keys, which any member gives, or says what is in one. `mini-etcd snapshot
    restore` makes a server of it. Needs the cluster's token, if there is one.
    """
  ) { (arguments, conversation) async throws(CommandFailure) in
    let file = arguments.operands[1]
    let content: Backup.Content
    switch arguments.operands[0] {
    case "save": content = try await save(to: file, conversation)
    case "status":
      content = try refusing { () throws(JournalError) in try Backup.read(file) }
    default: throw .usage(snapshotUsage)
    }
    conversation.say("\(file): \(content.summary)")
  }

  private static func save(
    to path: String, _ conversation: Conversation
  ) async throws(CommandFailure) -> Backup.Content {
    var file = try refusing { () throws(JournalError) in try BackupFile(path) }
    try await conversation.receive(ClientRequest(.post, "/snapshot")) {
      piece throws(CommandFailure) in
      do throws(JournalError) { try file.append(piece) } catch { throw .refused("\(error)") }
    }
    do throws(JournalError) { return try file.finish() } catch { throw .refused("\(error)") }
  }

  private static func refusing<Result: ~Copyable>(
    _ body: () throws(JournalError) -> Result
  ) throws(CommandFailure) -> Result {
    do throws(JournalError) { return try body() } catch { throw .refused("\(error)") }
  }
}
