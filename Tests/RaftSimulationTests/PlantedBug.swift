import Foundation

/// A bug to plant in a copy of the sources; see `PlantedBugs.txt`.
struct PlantedBug {
  struct Change {
    var file: String
    var old: [String] = []
    var new: [String] = []
    var isExpression = false
    /// Whether the function that begins with the old line returns at once.
    var isEmptied = false
  }

  var number = 0
  var name = ""
  var expected: [String] = []
  /// The mix of faults to hunt it with; without one, all of them in turn.
  var profile: String?
  /// The bounds of the exhaustive search that finds it; without them, schedules do.
  var search: String?
  /// Up to which seed whole nodes hunt for it; nil: the core alone does.
  var wholeSeeds: Int?
  var changes: [Change] = []

  static let testFolder = URL(filePath: #filePath).deletingLastPathComponent()
  static let package = testFolder.deletingLastPathComponent().deletingLastPathComponent()

  static func all() throws -> [PlantedBug] {
    let file = testFolder.appending(path: "PlantedBugs.txt")
    var bugs: [PlantedBug] = []
    for line in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n") {
      let text = String(line.dropFirst(2))
      if line.hasPrefix("=== ") {
        let words = line.split(separator: " ").map(String.init)
        bugs.append(PlantedBug(number: Int(words[1]) ?? 0, name: words[2]))
      } else if line.hasPrefix("expects: ") {
        bugs[bugs.count - 1].expected = line.split(separator: " ").dropFirst().map(String.init)
      } else if line.hasPrefix("profile: ") {
        bugs[bugs.count - 1].profile = String(line.dropFirst(9))
      } else if line.hasPrefix("search: ") {
        bugs[bugs.count - 1].search = String(line.dropFirst(8))
      } else if line.hasPrefix("whole: ") {
        bugs[bugs.count - 1].wholeSeeds = Int(line.dropFirst(7))
      } else if line.hasPrefix("in: ") {
        bugs[bugs.count - 1].changes.append(Change(file: String(line.dropFirst(4))))
      } else if let bug = bugs.indices.last, let change = bugs[bug].changes.indices.last {
        switch line.prefix(2) {
        case "- ": bugs[bug].changes[change].old.append(text)
        case "+ ": bugs[bug].changes[change].new.append(text)
        case "< ":
          bugs[bug].changes[change].old.append(text)
          bugs[bug].changes[change].isExpression = true
        case "> ": bugs[bug].changes[change].new.append(text)
        case "^ ":
          bugs[bug].changes[change].old.append(text)
          bugs[bug].changes[change].isEmptied = true
        default: break
        }
      }
    }
    return bugs
  }
}

extension PlantedBug.Change {
  /// Where the old lines stand, however they are broken into lines.
  func places(in source: String) -> [Range<String.Index>] {
    let words = old.joined(separator: " ").split(separator: " ").map {
      NSRegularExpression.escapedPattern(for: String($0))
    }
    guard
      let pattern = try? NSRegularExpression(pattern: words.joined(separator: "\\s+"))
    else { return [] }
    let whole = NSRange(source.startIndex..., in: source)
    return pattern.matches(in: source, range: whole).compactMap { Range($0.range, in: source) }
  }

  /// The source with a switch in this place. The old text stays behind the switch, so that another
  /// bug can be planted in the same place.
  func planted(_ number: Int, in source: String) -> String? {
    let places = places(in: source)
    guard places.count == 1, let place = places.first else { return nil }
    let old = String(source[place])
    let new = new.joined(separator: "\n")
    if isEmptied {
      return source.replacingCharacters(in: place, with: "\(old)\nif planted(\(number)) { return }")
    }
    let both =
      isExpression
      ? "(planted(\(number)) ? (\(new)) : (\(old)))"
      : "if planted(\(number)) {\n\(new)\n} else {\n\(old)\n}"
    return source.replacingCharacters(in: place, with: both)
  }
}
