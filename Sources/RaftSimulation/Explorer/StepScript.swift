import Raft
import Store

/// A script of steps, such as a ``Counterexample`` prints: taken again, one after the other, and
/// judged as the search judges them.
///
/// It understands what the search prints, which is a part of what the scenarios of the tests say.
public struct StepScript: Sendable {
  /// A line that cannot be followed.
  public struct Mistake: Error, Sendable {
    /// The line, and what is wrong with it.
    public let description: String
  }

  private let lines: [[String]]
  private var world = World(Bounds())
  /// Of a node between its crash and its restart: what its disk keeps.
  private var stopped: RestoredState?

  /// - Parameter text: one directive per line, from `cluster` on: what a search printed before it
  ///   counts for nothing, nor do empty lines and those with `#` first.
  public init(_ text: String) {
    lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      .drop { $0.first != "cluster" }
      .filter { $0.first?.hasPrefix("#") == false }
  }

  /// Takes all steps. `tell` is given each directive, and below it the nodes that it has changed.
  ///
  /// - Returns: the invariant that broke, and what was seen instead; nil if all hold.
  public mutating func run(tell: (String) -> Void) throws(Mistake) -> String? {
    for words in lines {
      let before = (0..<world.count).map(look)
      try follow(words)
      tell(words.joined(separator: " "))
      for node in 0..<world.count where !before.indices.contains(node) || before[node] != look(node)
      {
        tell("    " + look(node))
      }
      if let broken = world.failure {
        return "\(broken.invariant.rawValue) (\(broken.invariant.meaning)): \(broken.description)"
      }
    }
    return nil
  }

  private func look(_ node: Int) -> String {
    let core = world.cores[node]
    let vote = core.vote.map { ", voted \($0)" } ?? ""
    return "\(core.id) is \(Story.words(core.role)) in term \(core.term)\(vote), commit "
      + "\(core.commitIndex), log ends at \(core.log.lastPosition), "
      + Story.words(core.membership)
  }

  // MARK: Directives

  private mutating func follow(_ words: [String]) throws(Mistake) {
    if words[0] == "cluster" { return try begin(words) }
    switch (words[0], words.count) {
    case ("lapse", 1): take(.lapse)
    case ("quietly", 2), ("stabilize", 1): world.settle()
    case ("lead", 2): world.elect(try node(words, 1))
    case ("beat", 2): take(.beat(try node(words, 1)))
    case ("campaign", 2): take(.timeOut(try node(words, 1)))
    case ("stepdown", 2): take(.stepDown(try node(words, 1)))
    case ("propose", 3): take(.propose(try node(words, 1)))
    case ("read", 3): take(.read(try node(words, 1)))
    case ("transfer", 3): take(.transfer(try node(words, 1), to: try node(words, 2)))
    case ("change", 3): take(.change(try node(words, 1), try change(words)))
    case ("deliver", 3): try deliver(words)
    case ("drop", 2): try drop(words)
    case ("crash", 2): stopped = world.cores[try node(words, 1)].restorable
    case ("forget", 3): stopped?.hardState.vote = nil
    case ("restart", 2):
      guard let state = stopped else { throw mistake(words, "there was no crash") }
      world.crash(try node(words, 1), state)
      stopped = nil
    default: throw mistake(words, "unknown")
    }
  }

  /// A node may refuse, as in the search; then nothing happens.
  private mutating func take(_ step: WorldStep) { _ = world.take(step) }

  private mutating func begin(_ words: [String]) throws(Mistake) {
    guard words.count > 1, let count = Int(words[1]), (1...7).contains(count) else {
      throw mistake(words, "a cluster must have 1 to 7 nodes")
    }
    var bounds = Bounds.unlimited
    let learners = words.first { $0.hasPrefix("learners=") }.flatMap { Int($0.dropFirst(9)) } ?? 0
    (bounds.voters, bounds.learners) = (count - learners, learners)
    world = World(bounds)
    world.keepsSpent = true
  }

  private mutating func deliver(_ words: [String]) throws(Mistake) {
    let ends = words[2].split(separator: ">").map(String.init)
    guard words[1] == "first", ends.count == 2 else { throw mistake(words, "unknown") }
    let link = try node(ends, 0) * world.count + node(ends, 1)
    guard !world.links[link].isEmpty else { throw mistake(words, "nothing is under way there") }
    world.deliver(link)
  }

  /// `n1>n2` for one direction, `n1>` and `>n1` for all from or to a node.
  private mutating func drop(_ words: [String]) throws(Mistake) {
    let ends = words[1].split(separator: ">", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2 else { throw mistake(words, "unknown") }
    let from = ends[0].isEmpty ? nil : try node(ends, 0)
    let to = ends[1].isEmpty ? nil : try node(ends, 1)
    for link in world.links.indices
    where (from ?? link / world.count) == link / world.count
      && (to ?? link % world.count) == link % world.count
    {
      world.links[link] = []
    }
  }

  private func change(_ words: [String]) throws(Mistake) -> MembershipChange {
    let word = words[2]
    guard let start = word.lastIndex(of: "n"), let number = UInt64(word[start...].dropFirst())
    else { throw mistake(words, "which node?") }
    let id = NodeID(number)
    if word.hasPrefix("learner+") { return .addLearner(id) }
    return word.hasPrefix("voter+") ? .promote(id) : .remove(id)
  }

  private func node(_ words: [String], _ place: Int) throws(Mistake) -> Int {
    guard words[place].first == "n", let number = Int(words[place].dropFirst()),
      (1...world.count).contains(number)
    else { throw mistake(words, "which node?") }
    return number - 1
  }

  private func mistake(_ words: [String], _ what: String) -> Mistake {
    Mistake(description: "\(words.joined(separator: " ")): \(what)")
  }
}

extension Bounds {
  /// For a script, in which each step is given and none has to be counted. Nothing leads at the
  /// start.
  fileprivate static var unlimited: Bounds {
    var bounds = Bounds()
    bounds.startsLed = false
    for count in [
      \Bounds.timeouts, \.lapses, \.stepDowns, \.proposals, \.changes, \.beats, \.reads, \.breaks,
      \.crashes, \.transfers,
    ] { bounds[keyPath: count] = 1_000_000 }
    return bounds
  }
}
