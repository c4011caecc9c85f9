import Foundation

/// The tree that the course is about: where it lies, and which pages it has.
enum Repository {
  /// The folder with Package.swift.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardizedFileURL

  /// Every file, as a path from the root, in order; not what git ignores or what begins with a dot.
  static let files: [String] = {
    var found: [String] = []
    for top in (try? FileManager.default.contentsOfDirectory(atPath: root.path())) ?? []
    where !top.hasPrefix(".") && !top.hasPrefix("data") && top != "my-work" {
      found.append(top)
      let inside = FileManager.default.enumerator(atPath: root.appending(path: top).path())
      for case let path as String in inside ?? .init() { found.append("\(top)/\(path)") }
    }
    return found.sorted()
  }()

  /// Every page of text, English and Chinese.
  static let pages = files.filter { $0.hasSuffix(".md") }

  /// The folders of Sources.
  static let modules: Set<String> = {
    let paths = files.map { $0.split(separator: "/").map(String.init) }
    return Set(paths.filter { $0[0] == "Sources" && $0.count > 2 }.map { $0[1] })
  }()

  static let englishPages = pages.filter { !$0.hasSuffix(".zh.md") }
  static let chinesePages = pages.filter { $0.hasSuffix(".zh.md") }

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func page(_ path: String) throws -> Page { Page(path, try text(of: path)) }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path())
  }

  /// The path that `link` names, seen from the page at `path`.
  static func resolve(_ link: String, from path: String) -> String {
    var parts = path.split(separator: "/").dropLast().map(String.init)
    for part in link.split(separator: "/") {
      switch part {
      case ".": continue
      case "..": if parts.isEmpty { parts.append("..") } else { parts.removeLast() }
      default: parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }
}
