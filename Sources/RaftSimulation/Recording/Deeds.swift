/// What a reader does to a simulated cluster, and when: what `-do` says.
///
/// ```
/// 1200 crash n1; 1900 restart n1; 2000 split n1 n2; 2600 heal; 900 write k0 n3
/// ```
///
/// Each deed is a number of milliseconds, what is done, and to which nodes. The same seed with the
/// same deeds is the same run; deeds change nothing of what happens before them.
public struct Deeds: Sendable, Equatable {
  /// More than a reader would do by hand.
  public static let limit = 200
  /// The latest time of a deed, in milliseconds.
  static let latest: Int64 = 60_000

  enum Kind: String, CaseIterable {
    case crash, restart, pause, resume, cut, mend, split, heal, transfer, write, add, remove

    /// What follows the word: the least and the most.
    var nodes: ClosedRange<Int> {
      switch self {
      case .crash, .restart, .pause, .resume, .transfer, .remove, .write: 1...1
      case .cut, .mend: 2...2
      case .split: 1...Schedule.maxHosts
      case .heal, .add: 0...0
      }
    }
  }

  /// What can be done, for people.
  public static var words: String { Kind.allCases.map(\.rawValue).joined(separator: ", ") }

  struct Deed: Equatable {
    var time: Instant
    var kind: Kind
    /// The hosts' numbers, from 0.
    var hosts: [Int] = []
  }

  /// How long the cluster is watched after the last of them before all faults end.
  private static let aftermath: Instant = 1_000_000

  /// Until when no fault ends by itself, so that each deed has its effect.
  var end: Instant { list.map { $0.time + Self.aftermath }.max() ?? 0 }

  /// In the order in which they were given.
  private(set) var list: [Deed] = []

  public init() {}

  /// A deed that cannot be understood, in words.
  public struct Misunderstanding: Error, CustomStringConvertible {
    public let description: String
  }

  /// Reads a line of deeds.
  public init(_ text: String) throws(Misunderstanding) {
    for part in text.split(separator: ";") {
      let words = part.split(separator: " ").map(String.init)
      if words.isEmpty { continue }
      list.append(try Self.deed(words))
    }
    if list.count > Self.limit {
      throw Misunderstanding(description: "there must be at most \(Self.limit) deeds")
    }
  }

  private static func deed(_ words: [String]) throws(Misunderstanding) -> Deed {
    let text = words.joined(separator: " ")
    guard let time = Int64(words[0]), (0...latest).contains(time) else {
      throw Misunderstanding(
        description: "\"\(text)\" must begin with a time in milliseconds, up to \(latest)")
    }
    guard words.count > 1, let kind = Kind(rawValue: words[1]) else {
      throw Misunderstanding(description: "\"\(text)\" must name one of \(Self.words)")
    }
    var hosts: [Int] = []
    for word in words.dropFirst(2) {
      guard word.hasPrefix("n"), let number = Int(word.dropFirst()),
        (1...Schedule.maxHosts).contains(number)
      else {
        throw Misunderstanding(description: "\"\(text)\" must name nodes as n1, not \(word)")
      }
      hosts.append(number - 1)
    }
    guard kind.nodes.contains(hosts.count), Set(hosts).count == hosts.count else {
      throw Misunderstanding(
        description: "\"\(text)\" must name \(Self.count(kind.nodes)), each once")
    }
    return Deed(time: time * 1_000, kind: kind, hosts: hosts)
  }

  private static func count(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (0, 0): "no node"
    case (1, 1): "one node"
    case (2, 2): "two nodes"
    default: "the nodes of one side"
    }
  }
}
