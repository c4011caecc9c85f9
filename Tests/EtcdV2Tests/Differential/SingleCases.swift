import Foundation

/// Requests that are put to a real etcd and to ours, by topic.
///
/// A script begins with its title; each runs in a directory of its own, from top to bottom. `$I` is
/// the X-Etcd-Index of the answer before, `$I-1` and the like count from it. ``Question`` says how
/// a line reads. Listings ask for `sorted=true`, since etcd's are in no order otherwise.
enum SingleCases {
  struct Script: Sendable, CustomStringConvertible {
    let title: String
    let lines: [String]

    var description: String { title }
  }

  static let scripts = [
    writing, conditions, removing, listings, refreshing, parameters, forms, paths, others,
  ].flatMap(scripts(in:))

  private static func scripts(in text: String) -> [Script] {
    text.components(separatedBy: "\n\n").map { block in
      let lines = block.split(separator: "\n").map(String.init)
      return Script(title: lines[0], lines: Array(lines.dropFirst()))
    }
  }
}
