import Foundation
import RunSupport
import Testing

/// The page on deploying lists the flags that the program has, and a unit that systemd takes.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct DeployingTests {
  private static let pages = [
    "steps/step-6-raft/13-deploying.md", "steps/step-6-raft/13-deploying.zh.md",
  ]

  /// A flag as `-help` has it, or as the page does: the same but for the words about it.
  private struct Row: Hashable {
    var flag: String
    var variable: String
    var standard: String
  }

  private static func flags(ofHelp text: String) -> [Row] {
    var rows: [Row] = []
    for line in text.split(separator: "\n") {
      if let match = line.prefixMatch(of: /[ ]{2}-([a-z-]+)/) {
        let name = String(match.1)
        if ["help", "version"].contains(name) { continue }
        let variable = "MINI_ETCD_" + name.uppercased().replacing("-", with: "_")
        rows.append(Row(flag: name, variable: variable, standard: ""))
      } else if let match = line.firstMatch(of: /\(default (.+)\)$/), !rows.isEmpty {
        rows[rows.count - 1].standard = String(match.1)
      }
    }
    return rows
  }

  @Test(arguments: pages) func `the table of flags is the program's`(path: String) throws {
    let (status, help) = try run(builtPrograms.appending(path: "mini-etcd").path(), ["-help"])
    #expect(status == 0)
    let flags = Self.flags(ofHelp: help)
    #expect(flags.count > 15)
    let listed = try Repository.page(path).blocks.compactMap { placed -> Row? in
      guard case .row(let text) = placed.block,
        let match = text.prefixMatch(of: /\| `-([a-z-]+)` \| `([A-Z_]+)` \| (?:`([^`]+)` )?\|/)
      else { return nil }
      return Row(
        flag: "\(match.1)", variable: "\(match.2)", standard: match.3.map { "\($0)" } ?? "")
    }
    #expect(listed == flags)
  }

  private static let analyzer = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: analyzer != nil, "systemd is not installed")) func `systemd takes the unit`()
    throws
  {
    let units = try Repository.page(Self.pages[0]).blocks.compactMap { placed -> String? in
      guard case .fence(let fence) = placed.block, fence.lines.first == "[Unit]" else { return nil }
      return fence.lines.joined(separator: "\n") + "\n"
    }
    #expect(units.count == 1)
    let folder = FileManager.default.temporaryDirectory.appending(path: "unit-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // The program must be there, and the one to be found is this one's.
    let program = builtPrograms.appending(path: "mini-etcd").path()
    let unit = units.joined().replacing("/usr/local/bin/mini-etcd", with: program)
    #expect(unit.contains("ExecStart=\(program)\n"))
    let file = folder.appending(path: "mini-etcd.service").path()
    try unit.write(toFile: file, atomically: false, encoding: .utf8)
    let (status, complaints) = try run(try #require(Self.analyzer), ["verify", file])
    #expect(status == 0 && complaints == "", "\(complaints)")
  }
}
