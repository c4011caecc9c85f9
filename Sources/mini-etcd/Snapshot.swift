import Options
import Platform
import Replication
import Store
import WAL
import Watch

/// `mini-etcd snapshot status FILE`, `mini-etcd snapshot restore FILE -data-dir D`: what is done
/// with a backup where no server runs. `mini-etcdctl snapshot save FILE` makes one.
enum Snapshot {
  private static let usage = """
    usage: mini-etcd snapshot status FILE   say what is in a backup
           mini-etcd snapshot restore FILE -data-dir D   make a data directory of it
    """

  /// What `restore` can be told.
  private struct Restoring {
    var dataDirectory = ""
    var id = "node1"

    static let flags = FlagSet(
      "mini-etcd snapshot restore FILE",
      """
      Makes the data directory of a server of its own out of a backup, under a new cluster id.
      """,
      defaults: Restoring(), variablePrefix: nil,
      [
        Flag("data-dir", \.dataDirectory, "the `directory` to make, which is new or empty"),
        Flag("id", \.id, "the `name` of the node that is to use it"),
      ])
  }

  /// Does it if the program's first argument is `snapshot`, and ends the program; otherwise does
  /// nothing.
  static func runIfAsked() {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.first == "snapshot" else { return }
    guard words.count >= 3 else { refuse() }
    let (command, file) = (words[1], words[2])
    do {
      switch command {
      case "status" where words.count == 3:
        StandardOutput.print("\(file): \(try Backup.read(file).summary)")
      case "restore":
        let isNamed = !file.hasPrefix("-")
        let settings = Restoring.flags.parseOrExit(Array(words.dropFirst(isNamed ? 3 : 2)))
        guard isNamed else { refuse() }
        guard !settings.dataDirectory.isEmpty else {
          Restoring.flags.refuse("-data-dir must name a directory")
        }
        guard NodeSettings.isName(settings.id) else {
          Restoring.flags.refuse("-id must be \(NodeSettings.nameRule)")
        }
        let content = try Backup.restore(
          file, into: settings.dataDirectory, node: settings.id,
          [WatchHub(observing: KeyValueStore())])
        StandardOutput.print(
          "\(settings.dataDirectory) is \(settings.id)'s alone: \(content.summary)")
      default: refuse()
      }
      exit(0)
    } catch {
      LogStream.standardError.write("mini-etcd: \(error)")
      exit(1)
    }
  }

  private static func refuse() -> Never {
    LogStream.standardError.write(usage)
    exit(2)
  }
}
