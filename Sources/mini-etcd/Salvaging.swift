import Options
import Platform
import Replication
import Store
import WAL
import Watch

/// `mini-etcd wal salvage DIR FILE`: a backup of what is provably sound in a damaged directory.
enum Salvaging {
  static let usage = """
           wal salvage DIR FILE
                            make a backup of the newest state that DIR, damaged, still proves, and
                            say what is lost; nothing in DIR is changed
    """

  /// Does it if the program's first arguments say so, and ends the program; otherwise does nothing.
  static func runIfAsked(_ registry: CommandRegistry) {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 4, words.starts(with: ["wal", "salvage"]) else { return }
    let (directory, file) = (CommandLine.arguments[3], CommandLine.arguments[4])
    do {
      let store = KeyValueStore()
      let (content, findings) = try OperatorDecision.salvage(
        directory, into: file, registry: registry, applyingTo: store,
        sections: [WatchHub(observing: store)])
      StandardOutput.print("\(file): \(content.summary)")
      for finding in findings { StandardOutput.print(finding) }
      if findings.isEmpty { StandardOutput.print("nothing is damaged") }
      exit(0)
    } catch {
      LogStream.standardError.write("mini-etcd: \(error)")
      exit(1)
    }
  }
}
