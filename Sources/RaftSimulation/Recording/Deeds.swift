/// What a reader does to a simulated cluster, and when: what `-do` says.
///
/// ```
/// 1200 crash n1; 1900 restart n1; 2000 split n1 n2; 2600 heal; 2700 slow n1 n3 20; 2800 read n3
/// ```
///
/// Each deed is a number of milliseconds, what is done, and to which nodes; `slow` also says by how
/// many milliseconds. The same seed with the same deeds is the same run; deeds change nothing of
/// what happens before them.
public struct Deeds: Sendable, Equatable {
  /// More than a reader would do by hand.
  public static let limit = 200
  /// The latest time of a deed, in milliseconds.
  static let latest: Int64 = 60_000
  /// By how many milliseconds a link can be slowed down.
  static let slowness: ClosedRange<Int64> = 1...1_000

  enum Kind: String, CaseIterable {
    case crash, restart, pause, resume, cut, mend, slow, fast, split, heal, transfer, write, read
    case add, remove

    /// What follows the word: the least and the most.
    var nodes: ClosedRange<Int> {
      switch self {
      case .crash, .restart, .pause, .resume, .transfer, .remove, .write, .read: 1...1
      case .cut, .mend, .slow, .fast: 2...2
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
    /// By how much longer each message takes, if it is about that.
    var delay: Instant = 0
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
    var names = words.dropFirst(2)
    var delay: Int64 = 0
    if kind == .slow {
      guard let number = names.popLast().flatMap({ Int64($0) }), slowness.contains(number) else {
        throw Misunderstanding(
          description: "\"\(text)\" must end with a number of milliseconds, "
            + "\(slowness.lowerBound) to \(slowness.upperBound)")
      }
      delay = number * 1_000
    }
    var hosts: [Int] = []
    for word in names {
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
    return Deed(time: time * 1_000, kind: kind, hosts: hosts, delay: delay)
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
