import Foundation

/// A script of directives with the expected trace beneath each of them:
///
/// ```
/// # Words for the reader.
///
/// directive
/// directive
/// ----
/// what then happened
/// ```
///
/// A trace ends at a blank line. Everything else is kept as it stands when a script is rewritten.
struct Scenario {
  struct Block {
    /// Comments and blank lines before the directives.
    var preamble: [String] = []
    var directives: [String] = []
    var expected: [String] = []
  }

  var name: String
  var blocks: [Block] = []
  var epilogue: [String] = []

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Scenarios")

  /// Every script's name, in order.
  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }()

  /// Whether the traces are to be written anew: `MINI_ETCD_REWRITE=1 swift test --filter Scenario`.
  static let isRewriting = ProcessInfo.processInfo.environment["MINI_ETCD_REWRITE"] == "1"

  private static func file(_ name: String) -> URL { folder.appending(path: name + ".txt") }

  init(named name: String) throws {
    let text = try String(contentsOf: Scenario.file(name), encoding: .utf8)
    self.init(name: name, text: text)
  }

  init(name: String, text: String) {
    self.name = name
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    var block = Block()
    var isTrace = false
    for line in lines {
      if isTrace, !line.isEmpty {
        block.expected.append(line)
      } else if isTrace {
        blocks.append(block)
        block = Block(preamble: [line])
        isTrace = false
      } else if line == "----" {
        isTrace = true
      } else if line.isEmpty || line.hasPrefix("#") {
        block.preamble.append(line)
      } else {
        block.directives.append(line)
      }
    }
    if block.directives.isEmpty { epilogue = block.preamble } else { blocks.append(block) }
  }

  /// The script with what really happened in place of what was expected.
  func text(with traces: [[String]]) -> String {
    var lines: [String] = []
    for (block, trace) in zip(blocks, traces) {
      lines += block.preamble + block.directives + ["----"] + trace
    }
    return (lines + epilogue).joined(separator: "\n") + "\n"
  }

  func rewrite(with traces: [[String]]) throws {
    try text(with: traces).write(to: Scenario.file(name), atomically: true, encoding: .utf8)
  }
}
