import Raft
import Store

/// A shortest way from the start of a search to something that must not be.
public struct Counterexample: Sendable {
  let start: World
  let steps: [WorldStep]
  let broken: World.Broken?

  /// The invariant that does not hold at the end, and what is seen instead.
  public var description: String {
    guard let broken else { return "nothing is wrong" }
    return "\(broken.invariant.rawValue) (\(broken.invariant.meaning)): \(broken.description)"
  }

  /// How many steps it takes.
  public var length: Int { steps.count }

  /// The same as a scenario script, to be kept beside the others with a golden trace.
  public var script: String {
    var lines = ["# \(description)", ""]
    let bounds = start.left
    let learners = bounds.learners > 0 ? " learners=\(bounds.learners)" : ""
    lines.append("cluster \(start.count)\(learners)")
    if bounds.startsLed {
      lines += ["lead n1", "beat n1", "quietly stabilize"]
    }
    if bounds.startsLed, bounds.startsRemoving {
      let last = "n\(bounds.voters)"
      lines += ["change n1 -\(last)", "drop n1>\(last)"]
      lines += (1..<start.count).filter { $0 + 1 != bounds.voters }.map {
        "deliver first n1>n\($0 + 1)"
      }
      lines.append("lapse")
    }
    var world = start
    var network = start
    network.keepsSpent = true
    for step in steps {
      if case .deliver(let from, let to) = step {
        // In a real network, what the search took out comes first, and does nothing.
        let link = from * world.count + to
        while let next = network.links[link].first, next != world.links[link].first {
          network.deliver(link)
          lines.append(step.directive)
        }
      }
      lines.append(step.directive)
      _ = world.take(step)
      _ = network.take(step)
    }
    return lines.joined(separator: "\n")
  }
}

extension WorldStep {
  /// As the scenario scripts have it.
  var directive: String {
    switch self {
    case .deliver(let from, let to): "deliver first \(name(from))>\(name(to))"
    case .breakLink(let from, let to): "drop \(name(from))>\(name(to))"
    case .timeOut(let node): "campaign \(name(node))"
    case .lapse: "lapse"
    case .stepDown(let node): "stepdown \(name(node))"
    case .propose(let node): "propose \(name(node)) a"
    case .change(let node, .addLearner(let other)): "change \(name(node)) learner+\(other)"
    case .change(let node, .promote(let other)): "change \(name(node)) voter+\(other)"
    case .change(let node, .remove(let other)): "change \(name(node)) -\(other)"
    case .beat(let node): "beat \(name(node))"
    case .read(let node): "read \(name(node)) 1"
    case .crash(let node): lost(node) + "crash \(name(node))\nrestart \(name(node))"
    case .forget(let node):
      lost(node) + "crash \(name(node))\nforget \(name(node)) vote\nrestart \(name(node))"
    case .transfer(let node, let target): "transfer \(name(node)) \(name(target))"
    }
  }

  /// What a node that crashes had sent, and what was on its way to it.
  private func lost(_ node: Int) -> String { "drop \(name(node))>\ndrop >\(name(node))\n" }

  private func name(_ node: Int) -> String { "n\(node + 1)" }
}
